import { closeWith } from './test/close-with.ts';
import { runDistributedTests } from './test/run-distributed-tests.ts';

// The tests that need real servers, one file after the other. `npm run test:distributed -- kafka faults` runs those
// whose path contains one of the words.
closeWith(await runDistributedTests(process.argv.slice(2)));
