import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HelmRefusal } from './helm/start-helm.ts';
import { bare, chart, cluster, of, smallest, useChart } from './testing/chart-under-test.ts';
import { HOOK, parseObjects } from './testing/render.ts';
import { contradictions, wrongValues } from './testing/wrong-values.ts';
import { chartDir, examples, mergeValues, type Values } from './values-files.ts';

useChart();

describe('the chart', () => {
  it('is found clean by helm lint', async () => {
    const messages = await chart().helm.run('lint', chartDir);
    assert.doesNotMatch(messages, /\[(?:WARNING|ERROR)\]/);
  });

  it('is installed as it is shown here: hooks apart, the copy renders the same', async () => {
    const real = parseObjects(await chart().helm.run('template', chartDir, examples.cluster));
    const copied = of('cluster').objects.filter(({ metadata }) => metadata.annotations?.[HOOK] === undefined);
    assert.deepEqual(real, copied);
    assert.ok(real.length > 20);
  });

  it('says in one sentence what is missing', () => refused({}, 'publicUrl is not set'));

  for (const [values, sentence] of contradictions) {
    it(`refuses in a sentence: ${sentence}`, () => refused(mergeValues(smallest, values), sentence));
  }

  for (const { what, values, place } of wrongValues) {
    it(`refuses ${what}, and says where`, () => refused(mergeValues(smallest, values), `at '${place}'`));
  }

  it('tells after an install what to do', async () => {
    const notes = await chart().notes(bare);
    assert.match(notes, /CFD-Broker \S+ is being started: http:\/\/192\.0\.2\.7:8000\n/);
    assert.match(notes, /\/ws {5}to the Service broker-cfd-broker-api-server, port 8080/);
    assert.match(notes, /Cookies are not Secure/);
    assert.match(notes, /Prices are simulated/);
    const calm = await chart().notes(cluster);
    assert.doesNotMatch(calm, /Cookies|simulated|no Ingress/);
    assert.doesNotMatch(`${notes}${calm}`, /<no value>|<nil>|%!/);
  });

  async function refused(values: Values, sentence: string): Promise<void> {
    await assert.rejects(chart().render(values), (error: unknown) => {
      assert.ok(error instanceof HelmRefusal);
      assert.ok(error.message.includes(sentence), error.message);
      return true;
    });
  }
});
