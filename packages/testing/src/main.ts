import { parseArgs } from 'node:util';
import { AuditFault } from './auditor/audit-fault.ts';
import { runWorkload } from './workload/run-workload.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    'sweep-every': { type: 'string', default: '5000' },
  },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed);
const sweepEvery = Number(values['sweep-every']);
if (![inputs, seed, sweepEvery].every((value) => Number.isSafeInteger(value) && value >= 1)) {
  throw new Error('--inputs, --seed and --sweep-every are whole numbers, 1 at least');
}
const started = performance.now();

const seconds = () => (performance.now() - started) / 1000;
const onSweep = (done: number) => {
  process.stderr.write(`\r${done} of ${inputs} inputs, ${Math.round(done / seconds())} a second `);
};

try {
  const { shard, counts } = runWorkload({ inputs, seed, sweepEvery, onSweep });
  const open = `${shard.positions.size} positions and ${shard.orders.size} orders open at the end`;
  process.stdout.write(`\n${counts.toString()}\nseed ${seed}, ${inputs} inputs, ${seconds().toFixed(1)} s, ${open}\n`);
  process.stdout.write('the auditor agrees\n');
} catch (error) {
  if (!(error instanceof AuditFault)) throw error;
  process.stdout.write(`\n${error.message}\nthe auditor disagrees\n`);
  process.exitCode = 1;
}
