import path from 'node:path';
import { StateDirectory } from '../state.ts';

/** The servers that a person starts: `.infra` at the root of the repository. */
export const stateDirectory = new StateDirectory(path.join(import.meta.dirname, '../../../../.infra'));
