import path from 'node:path';
import { createEnvironment } from './create-environment.ts';

const file = path.join(import.meta.dirname, '../.env');
const added = await createEnvironment(file);
const shown = path.relative(process.cwd(), file);
process.stdout.write(
  added.length === 0
    ? `${shown} has every secret already.\n`
    : `${shown}: added ${added.join(', ')}.\nKeep a copy of it in a safe place.\n`,
);
