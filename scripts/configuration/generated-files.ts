import { envExample } from './env-example.ts';
import { programs } from './programs.ts';
import { referencePage } from './reference-page.ts';

/** What is made from the configuration schemas: paths from the root of the repository, and their texts. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map([['docs/operations/configuration.md', referencePage()]]);
  for (const program of programs) {
    if (program.folder !== undefined) files.set(`${program.folder}/.env.example`, envExample(program));
  }
  return files;
}
