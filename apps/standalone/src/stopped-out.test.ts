import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestStack, type TestStack } from './testing/start-test-stack.ts';

const examples = new URL('../../../examples/', import.meta.url);
const program = fileURLToPath(new URL('stopped-out.ts', examples));

async function run(...options: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('the example examples/stopped-out.ts', () => {
  let stack: TestStack;
  const where = () => ['--api', stack.apiUrl, '--ws', stack.wsUrl, '--origin', stack.webOrigin];
  before(async () => {
    stack = await startTestStack({
      PRICE_SOURCE: 'replay',
      REPLAY_FILE: fileURLToPath(new URL('gap.ndjson', examples)),
      // A round takes eight seconds, five of them before the gap.
      REPLAY_SPEED: '8',
      REPLAY_LOOP: 'true',
    });
  });
  after(() => stack.stop());

  it('signs up, buys, is stopped out by the gap and says why', { timeout: 60_000 }, async () => {
    const { code, output } = await run(...where(), '--wait', '30');
    assert.equal(code, 0, output);
    assert.match(output, /balance +10000\.00 USD/);
    assert.match(output, /sold +2\d\d\.00 at 12\d\.\d\d by stop-out/);
    assert.match(output, /stopped-out: balance .*equity -\d.*stopOutPercent 50/);
    assert.match(output, /at 50 % positions are closed\./);
    assert.match(output, /threshold +\d/);
    assert.match(output, /deposit:\S+\n/);
    assert.match(output, /writeOffs +\d/);
    assert.match(output, /at the end +0\.00 USD/);
  });

  it('says in a sentence what went wrong, and with its exit code', { timeout: 60_000 }, async () => {
    const cases: [options: string[], code: number, sentence: RegExp][] = [
      [['--help'], 0, /REPLAY_FILE=examples\/gap\.ndjson/],
      [['--wait', 'long'], 2, /✗ --wait is "long"/],
      [['--api', 'localhost'], 2, /✗ --api is "localhost"/],
      [['--api', 'http://127.0.0.1:1'], 1, /✗ No answer .* Is the broker running\?/],
      [[...where(), '--password', 'short'], 1, /✗ The broker refused: .*password-too-short/],
      [[...where(), '--asset', 'XXX_USDC', '--wait', '1'], 3, /✗ there was no live price of XXX_USDC/],
    ];
    const all = await Promise.all(
      cases.map(async ([options, ...expected]) => [await run(...options), ...expected] as const),
    );
    for (const [ran, code, sentence] of all) {
      assert.equal(ran.code, code, ran.output);
      assert.match(ran.output, sentence);
      assert.doesNotMatch(ran.output, /\n\s+at /, 'a stack trace');
    }
  });
});
