import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedFiles } from './configuration/generated-files.ts';

// `npm run docs:config`: the configuration reference and each app's `.env.example`, from the schemas.
const root = path.join(import.meta.dirname, '..');
for (const [file, text] of generatedFiles()) {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
  console.log(file);
}
