import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { auditEvents, processedRequests, sessions, users } from '@repo/db';
import { type AuditChainReport, verifyAuditChain } from '@repo/db-processor/audit';
import { createApacheKafka, deadLetterTopic, type Kafka } from '@repo/kafka';
import { PriceUpdateSchema, type TopicName, topics } from '@repo/schemas';
import { Prng } from '@repo/testing/prng';
import { auditAccounts } from './audit-accounts.ts';
import { auditCalls } from './audit-calls.ts';
import { auditLoad } from './audit-load.ts';
import { auditMails } from './audit-mails.ts';
import { auditPrices } from './audit-prices.ts';
import { auditStore } from './audit-store.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { Guesser } from './guesser.ts';
import { Journal } from './journal.ts';
import { MailReader } from './mail-reader.ts';
import { Nemesis } from './nemesis.ts';
import { PriceWatch } from './price-watch.ts';
import { readTopic } from './read-topic.ts';
import { recoveryTable } from './recovery-table.ts';
import { auditSettled, settle } from './settle.ts';
import { Spectator } from './spectator.ts';
import { VirtualClient } from './virtual-client.ts';

const results = resolve(import.meta.dirname, '../../../../test-results/faults');
const CLIENTS = 6;

export interface HarnessOptions {
  /** Of its files in test-results/faults. */
  readonly name: string;
  readonly seed: number;
  readonly withLinks?: boolean;
  readonly onStep?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

/** A whole installation under load, somebody who hurts it, and the audit at the end. */
export class Harness {
  readonly cluster: Cluster;
  readonly nemesis: Nemesis;
  readonly #options: HarnessOptions;
  readonly #journal: Journal;
  readonly #mails: MailReader;
  readonly #clients: readonly VirtualClient[];
  readonly #watches: readonly PriceWatch[];
  readonly #leaving = new AbortController();
  readonly #load: Promise<unknown>;

  private constructor(options: HarnessOptions, journal: Journal, cluster: Cluster) {
    this.#options = options;
    this.#journal = journal;
    this.cluster = cluster;
    this.#mails = new MailReader(cluster.servers.smtp.page);
    this.nemesis = new Nemesis(cluster, journal, this.#mails);
    const common = { doors: cluster.doors, journal, mails: this.#mails };
    this.#clients = Array.from({ length: CLIENTS }, (_, index) => {
      const name = `client-${index + 1}`;
      return new VirtualClient({ ...common, name, random: new Prng(options.seed + index) });
    });
    const guessers = (['codes', 'passwords', 'mails'] as const).map((what, index) => {
      return new Guesser(what, { ...common, name: `guesser-of-${what}`, random: new Prng(options.seed - 1 - index) });
    });
    const spectator = new Spectator({ ...common, name: 'spectator' });
    this.#watches = cluster.doors.map((door) => new PriceWatch(door));
    this.#load = Promise.all(
      [...this.#clients, ...guessers, spectator].map((client) => client.run(this.#leaving.signal)),
    );
    this.#load.catch(() => undefined); // told by `audit`
  }

  /** Starts servers, services and load. */
  static async start(options: HarnessOptions): Promise<Harness> {
    const journal = new Journal(join(results, `${options.name}.ndjson`));
    const cluster = await startCluster({
      journal,
      withLinks: options.withLinks ?? false,
      onStep: options.onStep ?? (() => undefined),
      signal: options.signal ?? new AbortController().signal,
    });
    return new Harness(options, journal, cluster);
  }

  /** Requests so far. */
  get calls(): number {
    return this.#journal.calls.length;
  }

  /** Recovery times so far, for people. */
  get table(): string {
    return recoveryTable(this.nemesis.rows);
  }

  /**
   * Ends the load, finds out what became of every request, and compares everything with everything.
   *
   * @returns what must not be, one sentence each.
   */
  async audit(): Promise<readonly string[]> {
    this.#leaving.abort();
    await this.#load;
    const { cluster } = this;
    const { calls } = this.#journal;
    const settled = await settle(this.#journal, cluster.doors, {
      open: this.#clients.flatMap(({ open }) => open),
      over: this.#clients.flatMap(({ over }) => over),
    });
    const kafka = createApacheKafka({
      brokers: cluster.servers.kafka.address.split(','),
      clientId: 'faults-audit',
    });
    try {
      const { db } = cluster.database;
      const rows = {
        users: await db.select().from(users),
        sessions: await db.select().from(sessions),
        processedRequests: await db.select().from(processedRequests),
        auditEvents: await db.select().from(auditEvents),
      };
      return [
        ...auditCalls(this.#journal),
        ...auditAccounts(this.#journal, cluster.doors.length),
        ...auditSettled(settled, this.#journal, rows.users),
        ...auditStore(rows, calls),
        ...(await auditMails(this.#journal, this.#mails, cluster.doors.length)),
        ...(await this.#auditChain()),
        ...auditLoad(calls),
        ...this.#watches.flatMap((watch) => watch.audit()),
        ...(await auditTopics(kafka, await cluster.leaseEpoch())),
      ];
    } finally {
      await kafka.close();
    }
  }

  /** Writes the recovery times, and the logs of what failed. */
  async report(faults: readonly string[]): Promise<void> {
    const { name, seed } = this.#options;
    await mkdir(results, { recursive: true });
    const report = { seed, calls: this.calls, recovery: this.nemesis.rows, faults };
    await writeFile(join(results, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
    await this.cluster.copyLogs(join(results, `${name}-logs`));
  }

  async stop(): Promise<void> {
    this.#leaving.abort();
    await this.#load.catch(() => undefined);
    for (const watch of this.#watches) watch.close();
    await this.#mails.close();
    await this.cluster.stop();
    this.#journal.close();
  }

  async #auditChain(): Promise<string[]> {
    let report: AuditChainReport | undefined;
    for (let before = -1; before !== report?.intactRows; ) {
      before = report?.intactRows ?? 0;
      report = await verifyAuditChain(this.cluster.database.db, report);
      if (report.broken !== undefined) {
        return [`the audit chain is broken at ${report.broken.sequence}: ${report.broken.reason}`];
      }
    }
    return report.intactRows === 0 ? ['the audit chain is empty'] : [];
  }
}

async function auditTopics(kafka: Kafka, terms: number): Promise<string[]> {
  const records = await readTopic(kafka, 'price-updates');
  const updates = records.map(({ value }) => PriceUpdateSchema.parse(JSON.parse(value)));
  const letters = await Promise.all(
    (Object.keys(topics) as TopicName[]).map(async (topic) => {
      const [end = 0] = await kafka.endOffsets(deadLetterTopic(topic));
      return end === 0 ? [] : [`${end} messages in ${deadLetterTopic(topic)}`];
    }),
  );
  return [
    ...(updates.length === 0 ? ['no price was published'] : []),
    ...auditPrices(updates, terms),
    ...letters.flat(),
  ];
}
