import { Gauge, Registry } from 'prom-client';
import type { Readiness } from './health.ts';

const FIGURE_TIMEOUT_MS = 3_000;

/**
 * All figures as Prometheus reads them, in its text format. A figure that cannot be had, or not within 3 s, is left
 * out, so that it never takes the others with it; `cfd_metrics_left_out` says how many.
 *
 * @param readiness of each service by its name, shown as `cfd_ready` and `cfd_ready_check`.
 */
export async function metricsText(
  registries: readonly Registry[],
  readiness: Promise<Readonly<Record<string, Readiness>>>,
): Promise<string> {
  const texts = await Promise.all(
    registries.flatMap((registry) => registry.getMetricsAsArray().map(({ name }) => figureText(registry, name))),
  );
  const present = texts.filter((text) => text !== undefined);
  const own = ownFigures(await readiness, texts.length - present.length);
  return `${[...present, (await own.metrics()).trimEnd()].join('\n\n')}\n`;
}

async function figureText(registry: Registry, name: string): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, FIGURE_TIMEOUT_MS, undefined);
  });
  try {
    return await Promise.race([registry.getSingleMetricAsString(name), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function ownFigures(readiness: Readonly<Record<string, Readiness>>, leftOut: number): Registry {
  const registry = new Registry();
  const registers = [registry];
  const ready = new Gauge({
    name: 'cfd_ready',
    help: 'Whether a service is ready: 1 or 0',
    labelNames: ['service'] as const,
    registers,
  });
  const check = new Gauge({
    name: 'cfd_ready_check',
    help: 'Whether what a service needs to be ready works: 1 or 0',
    labelNames: ['service', 'check'] as const,
    registers,
  });
  for (const [service, of] of Object.entries(readiness)) {
    ready.set({ service }, of.ready ? 1 : 0);
    for (const [name, state] of Object.entries(of.checks)) check.set({ service, check: name }, state === 'ok' ? 1 : 0);
  }
  new Gauge({ name: 'cfd_metrics_left_out', help: 'Figures that could not be had just now', registers }).set(leftOut);
  return registry;
}
