import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { Admin } from '@platformatic/kafka';
import { createApacheKafka, ensureTopics } from '@repo/kafka';
import { type KafkaProcess, startKafkaProcess } from '@repo/kafka/testing';
import { Installation, PASSWORD, until } from './testing/installation.ts';

// The rights are those of the page, and what is not among them is refused.
const page = await readFile(join(import.meta.dirname, '../../../docs/operations/deployment.md'), 'utf8');
const services = ['api-server', 'db-processor', 'poller'];
const users = ['admin', ...services];
const passwordOf = (user: string) => `password-of-${user}`;

interface Right {
  readonly principal: string;
  readonly operation: string;
  readonly kind: string;
  readonly name: string;
}

const rights: Right[] = [...page.matchAll(/^\| (\S+) \| (Write|Read|Describe) \| (topic|group) \| (.+) \|$/gm)].flatMap(
  ([, who = '', operation = '', kind = '', names = '']) =>
    (who === 'each' ? services : [who]).flatMap((principal) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ principal, operation, kind, name })),
    ),
);

let broker: KafkaProcess;
let installation: Installation;
before(async () => {
  const logins = users.map((user) => `user_${user}="${passwordOf(user)}"`).join(' ');
  broker = await startKafkaProcess({
    protocol: 'SASL_PLAINTEXT',
    properties: {
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.client.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${logins};`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // The brokers among themselves, and whoever makes topics and gives rights.
      'super.users': 'User:ANONYMOUS;User:admin',
    },
  });
  installation = await Installation.create();
  const kafka = createApacheKafka({ brokers: [broker.broker], clientId: 'admin', sasl: loginOf('admin') });
  await ensureTopics(kafka);
  await kafka.close();
  await give(rights);
});
after(async () => {
  await installation?.remove();
  await broker?.stop();
});

it('are all that the services need', async () => {
  await start();
  const email = `rights-${Date.now()}@example.com`;
  await installation.signUp(email);
  assert.equal((await installation.client().signin({ email, password: PASSWORD })).user.email, email);
  await until('live prices', async () => {
    return (await installation.client().prices()).prices.some(({ status }) => status === 'live');
  });
  await until('candles and audit events', async () => {
    const stored = `select (select count(*) from candles) > 0 and
      exists (select from audit_events where kind = 'signup-requested')`;
    return (await installation.query(stored)) === 't';
  });
  await installation.stop();
});

for (const { principal, operation, name } of [
  { principal: 'poller', operation: 'send', name: 'user-requests' },
  { principal: 'api-server', operation: 'send', name: 'price-updates' },
  { principal: 'api-server', operation: 'read', name: 'user-requests' },
  { principal: 'poller', operation: 'read', name: 'user-responses' },
] as const) {
  it(`keep a ${principal} from ${operation === 'send' ? 'writing to' : 'reading'} ${name}`, async () => {
    const kafka = createApacheKafka({ brokers: [broker.broker], clientId: principal, sasl: loginOf(principal) });
    try {
      const signal = AbortSignal.timeout(5_000);
      const tried =
        operation === 'send'
          ? kafka.send(name, [{ key: 'key', value: '{}' }])
          : kafka.read({ topic: name, partition: 0, offset: 0, signal })[Symbol.asyncIterator]().next();
      await assert.rejects(tried, /authori[sz]/i);
    } finally {
      await kafka.close();
    }
  });
}

function start(): Promise<void> {
  const shared = { KAFKA_BROKERS: broker.broker, KAFKA_SASL_MECHANISM: 'PLAIN' };
  return installation.start(shared, ({ name }) => {
    const user = name.replace(/-\d+$/, '');
    return { KAFKA_SASL_USERNAME: user, KAFKA_SASL_PASSWORD: passwordOf(user) };
  });
}

function loginOf(user: string) {
  return { mechanism: 'PLAIN', username: user, password: passwordOf(user) } as const;
}

async function give(given: readonly Right[]): Promise<void> {
  const admin = new Admin({ clientId: 'admin', bootstrapBrokers: [broker.broker], sasl: loginOf('admin') });
  await admin.createAcls({
    creations: given.map(({ principal, operation, kind, name }) => ({
      resourceType: kind === 'topic' ? 2 : 3,
      resourceName: name,
      resourcePatternType: 3, // literal
      principal: `User:${principal}`,
      host: '*',
      operation: operation === 'Read' ? 3 : operation === 'Write' ? 4 : 8,
      permissionType: 3, // allow
    })),
  });
  await admin.close();
}
