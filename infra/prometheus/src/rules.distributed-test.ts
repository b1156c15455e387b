import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ensurePrometheus, type PrometheusPrograms } from './ensure-prometheus.ts';
import { directory, repository } from './read-files.ts';

describe('promtool', () => {
  let programs: PrometheusPrograms;
  let copy: string;

  before(async () => {
    programs = await ensurePrometheus(path.join(repository, '.infra/cache'));
    copy = mkdtempSync(path.join(tmpdir(), 'cfd-broker-rules-'));
    for (const name of ['rules', 'tests', 'prometheus.yml', 'prometheus.processes.yml']) {
      cpSync(path.join(directory, name), path.join(copy, name), { recursive: true });
    }
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  function promtool(...args: readonly string[]): Promise<{ ok: boolean; output: string }> {
    return new Promise((resolve) => {
      execFile(programs.promtool, args, { cwd: copy, timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ ok: error === null, output: `${stdout}${stderr}` });
      });
    });
  }

  it('finds nothing wrong with configurations and rules', async () => {
    for (const file of ['prometheus.yml', 'prometheus.processes.yml']) {
      const { ok, output } = await promtool('check', 'config', file);
      assert.ok(ok, output);
      assert.match(output, /SUCCESS: 5 rule files found/);
    }
    const { ok, output } = await promtool('check', 'rules', ...globSync('rules/*.yml', { cwd: copy }));
    assert.ok(ok, output);
  });

  for (const file of globSync('tests/*.test.yml', { cwd: directory })) {
    it(`sees the rules fire and stay silent as ${file} says`, async () => {
      const { ok, output } = await promtool('test', 'rules', file);
      assert.ok(ok, output);
    });
  }

  it('notices a rule that fires no more, or without cause', async () => {
    const rules = path.join(copy, 'rules/feed.yml');
    const text = readFileSync(rules, 'utf8');
    for (const other of ['== 7', '>= 0']) {
      const changed = text.replace('max(cfd_poller_asset_status{status="live"}) == 0', (expr) =>
        expr.replace('== 0', other),
      );
      assert.notEqual(changed, text);
      writeFileSync(rules, changed);
      const { ok, output } = await promtool('test', 'rules', 'tests/feed.test.yml');
      assert.equal(ok, false);
      assert.match(output, /FeedDown/);
    }
    writeFileSync(rules, text);
  });
});
