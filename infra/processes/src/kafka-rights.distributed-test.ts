import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { Admin } from '@platformatic/kafka';
import { createApacheKafka, ensureTopics, followTopic, publish } from '@repo/kafka';
import { type KafkaProcess, startKafkaProcess } from '@repo/kafka/testing';
import { Installation, PASSWORD, until } from './testing/installation.ts';

// The rights are those of the page, and what is not among them is refused.
const page = await readFile(join(import.meta.dirname, '../../../docs/operations/deployment.md'), 'utf8');
const services = ['api-server', 'db-processor', 'poller', 'trading-engine'];
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
  await tradeOnce(email);
  await installation.stop();
});

for (const { principal, operation, name } of [
  { principal: 'poller', operation: 'send', name: 'user-requests' },
  { principal: 'api-server', operation: 'send', name: 'price-updates' },
  { principal: 'api-server', operation: 'read', name: 'user-requests' },
  { principal: 'poller', operation: 'read', name: 'user-responses' },
  { principal: 'trading-engine', operation: 'send', name: 'trade-commands' },
  { principal: 'trading-engine', operation: 'read', name: 'user-requests' },
  { principal: 'api-server', operation: 'send', name: 'trade-events' },
  { principal: 'db-processor', operation: 'read', name: 'trade-commands' },
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

/** The administrator asks the engine for an account, and for nonsense: an answer, an event, a dead letter. */
async function tradeOnce(email: string): Promise<void> {
  const kafka = createApacheKafka({ brokers: [broker.broker], clientId: 'admin', sasl: loginOf('admin') });
  const followers: ReturnType<typeof followTopic>[] = [];
  try {
    const [answers, events]: [string[], string[]] = [[], []];
    followers.push(
      followTopic(kafka, {
        topic: 'trade-answers',
        onMessages: (messages) => answers.push(...messages.map(({ message }) => message.outcome.type)),
      }),
      followTopic(kafka, {
        topic: 'trade-events',
        onMessages: (messages) => events.push(...messages.map(({ message }) => message.type)),
      }),
    );
    await Promise.all(followers.map(({ ready }) => ready));
    const accountId = randomUUID();
    const at = Date.now();
    await kafka.send('trade-commands', [{ key: accountId, value: 'nonsense' }]);
    await publish(kafka, 'trade-commands', accountId, {
      id: randomUUID(),
      at,
      commandId: randomUUID(),
      accountId,
      replyTo: 'rights',
      expiresAt: at + 60_000,
      type: 'open-account',
      data: {
        userId: await installation.query(`select id from users where email = '${email}'`),
        mode: 'hedging',
        profile: 'professional',
      },
    });
    await until('the answer', async () => answers.includes('accepted'));
    await until('the event', async () => events.includes('account-opened'));
    const ends = await kafka.endOffsets('trade-commands.dead-letter');
    assert.deepEqual(ends, [1]);
  } finally {
    await Promise.all(followers.map((follower) => follower.close()));
    await kafka.close();
  }
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
