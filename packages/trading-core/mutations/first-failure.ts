import { writeSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** A reporter that ends the run at the first test that fails, and tells the file it is in. */
export default async function* firstFailure(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== 'test:fail') continue;
    const { file, name } = event.data;
    writeSync(1, `${file === undefined ? name : relative(process.cwd(), file)}\n`);
    process.exit(1);
  }
  yield '';
}
