import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { topics, tradeShards } from '@repo/schemas';
import { Ajv } from 'ajv';
import { wrongValues } from './testing/wrong-values.ts';
import { chartDir, examples, mergeValues, readValues, type Values } from './values-files.ts';

const schema = JSON.parse(readFileSync(path.join(chartDir, 'values.schema.json'), 'utf8'));
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
const defaults = readValues(path.join(chartDir, 'values.yaml'));

function violations(values: Values): readonly { readonly instancePath: string }[] {
  return validate(mergeValues(defaults, values)) === true ? [] : (validate.errors ?? []);
}

describe('the schema of the values', () => {
  it('takes the defaults', () => assert.deepEqual(violations({}), []));
  for (const [name, file] of Object.entries(examples)) {
    it(`takes the example ${name}`, () => assert.deepEqual(violations(readValues(file)), []));
  }

  for (const { what, values, place } of wrongValues) {
    it(`refuses ${what}`, () => {
      assert.deepEqual([...new Set(violations(values).map(({ instancePath }) => instancePath))], [place]);
    });
  }

  it('has a default in values.yaml for everything', () => {
    const absent = placesWithoutDefault(schema.properties, defaults);
    assert.deepEqual(absent, []);
  });

  it('lets as many db-processors work as user-requests has partitions', () => {
    const { autoscaling, replicas } = schema.properties.dbProcessor.properties;
    const { partitions } = topics['user-requests'];
    assert.equal(autoscaling.properties.maxReplicas.maximum, partitions);
    assert.equal(replicas.maximum, partitions);
    assert.equal(
      (defaults.dbProcessor as { autoscaling: { maxReplicas: number } }).autoscaling.maxReplicas,
      partitions,
    );
  });

  it('lets as many trading-engines work as there are shards', () => {
    assert.equal(schema.properties.tradingEngine.properties.replicas.maximum, tradeShards);
  });
});

/** Properties of the schema that have no default: an operator would not find them in values.yaml. */
function placesWithoutDefault(properties: Values, values: Values, at = ''): readonly string[] {
  return Object.entries(properties).flatMap(([name, inner]) => {
    if (at === '' && name === 'global') return [];
    if (!(name in values)) return [`${at}/${name}`];
    const below = (inner as { properties?: Values }).properties;
    const value = values[name];
    // Maps that operators fill, and ones that the schema describes by reference, end here.
    if (below === undefined || name === 'secretRefs') return [];
    return placesWithoutDefault(below, value as Values, `${at}/${name}`);
  });
}
