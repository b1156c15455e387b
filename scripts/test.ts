import { closeWith } from './test/close-with.ts';
import { runTests } from './test/run-tests.ts';

// Every check of the repository that needs no servers, in one command. `npm test -- unit types` runs those named.
closeWith(await runTests(process.argv.slice(2)));
