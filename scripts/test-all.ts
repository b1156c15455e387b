import { closeWith } from './test/close-with.ts';
import { addOutcome } from './test/run-check.ts';
import { runDistributedTests } from './test/run-distributed-tests.ts';
import { runTests } from './test/run-tests.ts';

// Both profiles, with one closing line: what continuous integration calls.
const total = await runTests();
addOutcome(total, await runDistributedTests());
closeWith(total);
