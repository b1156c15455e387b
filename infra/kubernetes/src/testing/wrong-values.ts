import type { Values } from '../values-files.ts';

export interface WrongValues {
  readonly what: string;
  readonly values: Values;
  /** In the refusal: where it is wrong. */
  readonly place: string;
}

const wrong = (what: string, place: string, values: Values): WrongValues => ({ what, place, values });

/** What an operator may get wrong and the schema of the values refuses; what it cannot say is in `contradictions`. */
export const wrongValues: readonly WrongValues[] = [
  wrong('a name that does not exist', '', { apiserver: {} }),
  wrong('a setting that does not exist', '/apiServer', { apiServer: { replicaCount: 3 } }),
  wrong('brokers in one string', '/kafka/brokers', { kafka: { brokers: 'kafka-1:9092,kafka-2:9092' } }),
  wrong('a login that Kafka does not have', '/kafka/saslMechanism', { kafka: { saslMechanism: 'GSSAPI' } }),
  wrong('more db-processors than partitions', '/dbProcessor/autoscaling/maxReplicas', {
    dbProcessor: { autoscaling: { maxReplicas: 7 } },
  }),
  wrong('more trading-engines than shards', '/tradingEngine/replicas', { tradingEngine: { replicas: 13 } }),
  wrong('trading-engines that scale', '/tradingEngine', { tradingEngine: { autoscaling: { enabled: true } } }),
  wrong('no poller', '/poller/replicas', { poller: { replicas: 0 } }),
  wrong('a poller that scales', '/poller', { poller: { autoscaling: { enabled: true } } }),
  wrong('a source without prices', '/poller/priceSource', { poller: { priceSource: 'replay' } }),
  wrong('a secret that is another service’s', '/apiServer/secretRefs', {
    apiServer: { secretRefs: { SEALING_PRIVATE_KEY: { name: 'a', key: 'b' } } },
  }),
  wrong('a reference without a key', '/poller/secretRefs/REDIS_URL', {
    poller: { secretRefs: { REDIS_URL: { name: 'redis' } } },
  }),
  wrong('a Secret without a name', '/migrate/existingSecret', { migrate: { existingSecret: '' } }),
  wrong('a wait beyond what the service takes', '/apiServer/stopDelaySeconds', { apiServer: { stopDelaySeconds: 61 } }),
  wrong('memory in words', '/web/resources/limits/memory', { web: { resources: { limits: { memory: '512 MB' } } } }),
  wrong('a port that is none', '/networkPolicies/kafka/ports/0', { networkPolicies: { kafka: { ports: [0] } } }),
  wrong('a level of its own', '/logLevel', { logLevel: 'verbose' }),
];

/** What templates/checks.yaml refuses, and in which sentence. */
export const contradictions: readonly (readonly [Values, string])[] = [
  [{ publicUrl: '' }, 'publicUrl is not set: where people open the web app, such as https://trade.example.com.'],
  [{ publicUrl: 'https://a.example/desk' }, 'publicUrl is "https://a.example/desk": it must be scheme and host'],
  [{ publicUrl: 'a.example' }, 'publicUrl is "a.example": it must be scheme and host'],
  [{ kafka: { brokers: [] } }, 'kafka.brokers is empty: name some brokers'],
  [{ kafka: { brokers: ['kafka:9092', 'kafka'] } }, 'kafka.brokers has "kafka": it must be host and port'],
  [{ kafka: { brokers: ['kafka:9094'] } }, 'port 9094, which networkPolicies.kafka.ports would block: name it there.'],
  [{ mail: { from: 'Broker' } }, 'mail.from is "Broker": it must be the sender of mails'],
  [{ tracing: { endpoint: 'collector:4318' } }, 'tracing.endpoint is "collector:4318": it must be a URL'],
  [{ apiServer: { trustedProxies: ['10.0.0.1'] } }, 'apiServer.trustedProxies has "10.0.0.1": it must be a network'],
  [{ ingress: { enabled: true } }, 'ingress.enabled needs apiServer.trustedProxies'],
  [
    { dbProcessor: { autoscaling: { minReplicas: 5, maxReplicas: 4 } } },
    'dbProcessor.autoscaling.maxReplicas is 4 and below minReplicas, which is 5.',
  ],
  [{ apiServer: { env: { JWT_SECRET: 'x' } } }, 'apiServer.env.JWT_SECRET is secret: it belongs into a Secret'],
  [{ poller: { env: { DATABASE_URL: 'x' } } }, 'poller.env.DATABASE_URL is secret: it belongs into a Secret'],
  [
    { tradingEngine: { env: { DATABASE_URL: 'x' } } },
    'tradingEngine.env.DATABASE_URL is secret: it belongs into a Secret',
  ],
  [{ web: { env: { KAFKA_SASL_PASSWORD: 'x' } } }, 'web.env.KAFKA_SASL_PASSWORD is secret: it belongs into a Secret'],
];
