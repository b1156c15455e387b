import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'node:test';
import { examples, mergeValues, readValues, type Values } from '../values-files.ts';
import { sampleSecrets } from './programs.ts';
import { type ChartRenderer, type Rendered, startRenderer } from './render.ts';
import type { Container, KubernetesObject, Variable, Workload } from './rendered.ts';

export const smallest = readValues(examples.smallest);
export const cluster = readValues(examples.cluster);
/** Everything that can be turned off, turned off. */
export const bare = mergeValues(smallest, {
  publicUrl: 'http://192.0.2.7:8000',
  kafka: { replication: 0 },
  apiServer: { autoscaling: { enabled: false }, replicas: 1, stopDelaySeconds: 0 },
  dbProcessor: { autoscaling: { enabled: false }, replicas: 3 },
  poller: { priceSource: 'simulated' },
  networkPolicies: { enabled: false },
});
export const choices: Readonly<Record<string, Values>> = { smallest, cluster, bare };

export const COMPONENT = 'app.kubernetes.io/component';

/** The repository. */
export const root: string = path.join(import.meta.dirname, '../../../..');
const rendered = new Map<string, Rendered>();
let renderer: ChartRenderer | undefined;

/** Renders the chart with each of the choices, for the tests of this file. */
export function useChart(): void {
  before(async () => {
    renderer = await startRenderer();
    for (const [name, values] of Object.entries(choices)) rendered.set(name, await renderer.render(values));
  });
  after(() => renderer?.stop());
}

/** The chart itself, to do something else with. */
export function chart(): ChartRenderer {
  assert.ok(renderer);
  return renderer;
}

/** The chart with one of the choices. */
export function of(choice: string): Rendered {
  const found = rendered.get(choice);
  assert.ok(found);
  return found;
}

/** Of all Deployments, and of the migration. */
export function podsOf(choice: string): readonly Workload[] {
  return [...of(choice).deployments, of(choice).migration];
}

export function containerOf({ spec }: Workload): Container {
  return spec.template.spec.containers[0];
}

export function portsOf(workload: Workload): ReadonlyMap<string, number> {
  return new Map(containerOf(workload).ports?.map(({ name, containerPort }) => [name, containerPort]));
}

/** The variables of a component's container. */
export function environmentOf(choice: string, component: string): readonly Variable[] {
  return containerOf(of(choice).component(component)).env;
}

/** The environment as the process sees it. */
export function valuesOf(variables: readonly Variable[]): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value ?? sampleSecrets[name]]));
}

export function namesOf(list: readonly KubernetesObject[]): readonly string[] {
  return list.map(({ metadata }) => metadata.name).sort();
}

export function objects<T extends KubernetesObject>(choice: string, kind: string): readonly T[] {
  return of(choice).objects.filter((object): object is T => object.kind === kind);
}

/** A file of the repository. */
export function source(file: string): Promise<string> {
  return readFile(path.join(root, file), 'utf8');
}
