import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { tradeShards } from '@repo/schemas';
import { parse } from 'yaml';
import { directory, readAlerts, repository, runbookOf } from './read-files.ts';

const alerts = readAlerts();
const names = alerts.map(({ alert }) => alert);

interface RuleTests {
  tests: { promql_expr_test: { expr: string; exp_samples: unknown[] }[] }[];
}

describe('alert rules', () => {
  it('have names of their own', () => {
    assert.ok(names.length > 20);
    assert.deepEqual(names, [...new Set(names)]);
  });

  for (const { alert, labels, annotations } of alerts) {
    it(`${alert} says what it is, what a trader notices, how bad it is and where to read on`, () => {
      assert.match(labels.severity ?? '', /^(critical|warning)$/);
      assert.deepEqual(Object.keys(annotations).sort(), ['description', 'runbook_url', 'summary']);
      assert.ok((annotations.summary ?? '').length > 10);
      assert.match(annotations.description ?? '', /[Tt]rader/);
      assert.equal(annotations.runbook_url, runbookOf(alert));
    });
  }

  it('are each tested firing and not firing', () => {
    const tested = { firing: new Set<string>(), silent: new Set<string>() };
    for (const file of globSync('tests/*.test.yml', { cwd: directory })) {
      const { tests } = parse(readFileSync(path.join(directory, file), 'utf8')) as RuleTests;
      for (const { expr, exp_samples } of tests.flatMap((test) => test.promql_expr_test)) {
        const name = /^ALERTS\{alertname="(\w+)", alertstate="firing"\}$/.exec(expr)?.[1];
        assert.ok(name, expr);
        tested[exp_samples.length > 0 ? 'firing' : 'silent'].add(name);
      }
    }
    assert.deepEqual([...tested.firing].sort(), [...names].sort());
    assert.deepEqual([...tested.silent].sort(), [...names].sort());
  });
});

describe('TradingEngineShardsUnheld', () => {
  it('fires below the number of shards', () => {
    const rule = alerts.find(({ alert }) => alert === 'TradingEngineShardsUnheld');
    assert.equal(rule?.expr, `sum(cfd_trading_engine_shards) < ${tradeShards}`);
  });
});

describe('runbooks', () => {
  const files = globSync('docs/runbooks/*.md', { cwd: repository }).filter((file) => !file.endsWith('README.md'));

  it('are one for each alert, and no more', () => {
    assert.deepEqual(files.sort(), names.map(runbookOf).sort());
  });

  it('are all in the index', () => {
    const index = readFileSync(path.join(repository, 'docs/runbooks/README.md'), 'utf8');
    for (const name of names) assert.ok(index.includes(`[${name}](${path.basename(runbookOf(name))})`), name);
  });

  for (const name of names) {
    it(`of ${name} says what it means, what is noticed, how to look, what to do and when it is over`, () => {
      const text = readFileSync(path.join(repository, runbookOf(name)), 'utf8');
      const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, [name, 'What a trader notices', 'How to look', 'What to do', 'When it is over']);
    });
  }
});
