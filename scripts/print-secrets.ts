import { createSecrets } from '../packages/service/src/index.ts';

// `npm run --silent secrets`: new values for every secret of an installation, as lines of an environment file.
for (const [name, value] of Object.entries(await createSecrets())) console.log(`${name}='${value}'`);
