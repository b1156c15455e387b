import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { type Helm, startHelm } from '../helm/start-helm.ts';
import { chartDir, type Values } from '../values-files.ts';
import type {
  Autoscaler,
  DisruptionBudget,
  Ingress,
  KubernetesObject,
  NetworkPolicy,
  Service,
  Workload,
} from './rendered.ts';

/** What the chart becomes with some values. */
export interface Rendered {
  readonly text: string;
  readonly objects: readonly KubernetesObject[];
  readonly deployments: readonly Workload[];
  readonly migration: Workload;
  readonly services: readonly Service[];
  readonly budgets: readonly DisruptionBudget[];
  readonly autoscalers: readonly Autoscaler[];
  readonly policies: readonly NetworkPolicy[];
  readonly ingresses: readonly Ingress[];
  /** Its Deployment, or the Job of the migration. */
  component(name: string): Workload;
}

export interface ChartRenderer {
  readonly helm: Helm;
  /** @throws HelmRefusal */
  render(values: Values): Promise<Rendered>;
  /** What Helm prints after an install with these values. */
  notes(values: Values): Promise<string>;
  stop(): Promise<void>;
}

const COMPONENT = 'app.kubernetes.io/component';
/** What hooks are marked with in the copy that is rendered. */
export const HOOK = 'rendered.helm.sh/hook';

/** Renders the chart with Helm itself. */
export async function startRenderer(): Promise<ChartRenderer> {
  const helm = await startHelm();
  const directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-chart-'));
  // Helm's library does not show hooks. In this copy they are objects like others.
  const copy = path.join(directory, 'chart');
  await cp(chartDir, copy, { recursive: true, dereference: true });
  const migration = path.join(copy, 'templates/migrate.yaml');
  await writeFile(migration, (await readFile(migration, 'utf8')).replaceAll('"helm.sh/hook', `"rendered.helm.sh/hook`));

  let files = 0;
  const write = async (values: Values) => {
    files += 1;
    const file = path.join(directory, `values-${files}.yaml`);
    await writeFile(file, stringify(values));
    return file;
  };
  return {
    helm,
    render: async (values) => describe(await helm.run('template', copy, await write(values))),
    notes: async (values) => helm.run('notes', chartDir, await write(values)),
    stop: async () => {
      helm.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The objects of what Helm has rendered. */
export function parseObjects(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.map(({ message }) => message).join('\n'));
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
}

function describe(text: string): Rendered {
  const objects = parseObjects(text);
  const all = <T extends KubernetesObject>(kind: string) =>
    objects.filter((object): object is T => object.kind === kind);
  const deployments = all<Workload>('Deployment');
  const [migration] = all<Workload>('Job');
  if (migration === undefined) throw new Error('there is no Job');
  return {
    text,
    objects,
    deployments,
    migration,
    services: all<Service>('Service'),
    budgets: all<DisruptionBudget>('PodDisruptionBudget'),
    autoscalers: all<Autoscaler>('HorizontalPodAutoscaler'),
    policies: all<NetworkPolicy>('NetworkPolicy'),
    ingresses: all<Ingress>('Ingress'),
    component: (name) => {
      const found = [...deployments, migration].find(({ metadata }) => metadata.labels[COMPONENT] === name);
      if (found === undefined) throw new Error(`there is no workload of ${name}`);
      return found;
    },
  };
}
