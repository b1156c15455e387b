import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
  heartbeatV4,
  joinGroupV9,
  leaveGroupV5,
  syncGroupV5,
} from '@platformatic/kafka';
import { backoffMs, sleep } from '../backoff.ts';
import { UnknownTopicError } from '../port.ts';
import type { Cluster, Lane } from './cluster.ts';
import { Deadline } from './deadline.ts';
import { codes, nameOfCode, unavailable } from './failures.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { Membership } from './group-offsets.ts';
import { type MemberClaim, sharePartitions, type TopicPartitions } from './share-partitions.ts';

/** A member that is silent this long is put out, and its partitions go to others. */
const sessionMs = 10_000;
/** How long the group waits for its members to join again. They do so within a heartbeat, whatever they are handling. */
const rebalanceMs = 10_000;
/** Also how soon members learn that partitions move, while requests in those wait. */
const heartbeatMs = 250;
const leaveMsMax = 1_000;
const protocol = 'cooperative-sticky';
const subscriptionVersion = 2;

export interface GroupMemberOptions {
  readonly topics: readonly string[];
  /** What is read here now. */
  readonly owned: () => readonly TopicPartitions[];
  /** The group gave this member these partitions and no others. */
  readonly onAssigned: (partitions: readonly TopicPartitions[]) => void;
  /** The group put this member out: others read its partitions. */
  readonly onLost: () => void;
  readonly onTrouble: (message: string, error: unknown) => void;
}

let members = 0;

/**
 * Membership of a consumer group, by the classic protocol with cooperative rebalances: partitions that stay are read
 * on while others move, and one that moves is first given up by its owner.
 */
export class GroupMember implements Membership {
  readonly #cluster: Cluster;
  readonly #coordinator: GroupCoordinator;
  readonly #options: GroupMemberOptions;
  readonly #lane: Lane;
  readonly #stopping = new AbortController();
  #nap = new AbortController();
  #rejoin = false;
  #memberId = '';
  #generation = -1;
  /** In which it got what it owns. */
  #assignedGeneration = -1;
  #running: Promise<void> = Promise.resolve();

  constructor(cluster: Cluster, coordinator: GroupCoordinator, options: GroupMemberOptions) {
    this.#cluster = cluster;
    this.#coordinator = coordinator;
    this.#options = options;
    members += 1;
    this.#lane = `member-${members}`;
  }

  get memberId(): string {
    return this.#memberId;
  }

  get generation(): number {
    return this.#generation;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Joins again, because what this member owns has changed. */
  rejoin(): void {
    this.#rejoin = true;
    this.#nap.abort();
  }

  /** Leaves the group, at once or else by its silence. */
  async leave(): Promise<void> {
    this.#stopping.abort();
    this.#nap.abort();
    this.#cluster.drop(this.#lane);
    await this.#running;
    if (this.#memberId === '') return;
    const members = [{ memberId: this.#memberId }];
    const { groupId } = this.#coordinator;
    await this.#coordinator.ask(leaveGroupV5.api, [groupId, members], new Deadline(leaveMsMax)).catch(() => {});
    this.#memberId = '';
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 1; !signal.aborted; ) {
      try {
        this.#rejoin = false;
        if (!(await this.#join())) continue;
        attempt = 1;
        await this.#stay();
      } catch (error) {
        if (signal.aborted) return;
        // The first failure is often a coordinator that has just been chosen.
        if (attempt === 2) this.#options.onTrouble(`group ${this.#coordinator.groupId} is out of reach`, error);
        await sleep(backoffMs(attempt), signal);
        attempt += 1;
      }
    }
  }

  /** False when it must be tried again at once. */
  async #join(): Promise<boolean> {
    const { topics, owned } = this.#options;
    const { groupId } = this.#coordinator;
    const metadata = encodeConsumerProtocolSubscription({
      version: subscriptionVersion,
      topics: [...topics],
      ownedPartitions: owned().map(({ topic, partitions }) => ({ topic, partitions: [...partitions] })),
      generationId: this.#assignedGeneration,
    });
    const joined = await this.#coordinator.ask(
      joinGroupV9.api,
      [groupId, sessionMs, rebalanceMs, this.#memberId, null, 'consumer', [{ name: protocol, metadata }], null],
      new Deadline(rebalanceMs + heartbeatMs),
      this.#lane,
    );
    if (joined.errorCode === codes.memberIdRequired) {
      this.#memberId = joined.memberId;
      return false;
    }
    if (joined.errorCode !== codes.none) return this.#refused('join', joined.errorCode);
    this.#memberId = joined.memberId;
    this.#generation = joined.generationId;

    const leads = joined.leader === joined.memberId;
    const assignments = leads ? await this.#assign(joined.members) : [];
    const synced = await this.#coordinator.ask(
      syncGroupV5.api,
      [groupId, joined.generationId, joined.memberId, null, 'consumer', protocol, assignments],
      new Deadline(rebalanceMs + heartbeatMs),
      this.#lane,
    );
    if (synced.errorCode !== codes.none) return this.#refused('sync', synced.errorCode);
    this.#assignedGeneration = joined.generationId;
    this.#options.onAssigned(decodeConsumerProtocolAssignment(synced.assignment).assignedPartitions);
    return true;
  }

  /** As leader: shares the partitions of all topics that any member subscribes to. */
  async #assign(
    members: readonly joinGroupV9.JoinGroupResponseMember[],
  ): Promise<syncGroupV5.SyncGroupRequestAssignment[]> {
    const claims = members.map(({ memberId, metadata }): MemberClaim => {
      const { topics, ownedPartitions, generationId } = decodeConsumerProtocolSubscription(metadata);
      return { id: memberId, topics, owned: ownedPartitions ?? [], generation: generationId ?? -1 };
    });
    const counts = new Map<string, number>();
    for (const topic of new Set(claims.flatMap(({ topics }) => topics))) {
      try {
        counts.set(topic, (await this.#cluster.topic(topic, new Deadline())).leaders.length);
      } catch (error) {
        if (!(error instanceof UnknownTopicError)) throw error;
      }
    }
    return [...sharePartitions(claims, counts)].map(([memberId, shared]) => ({
      memberId,
      assignment: encodeConsumerProtocolAssignment({
        version: subscriptionVersion,
        assignedPartitions: shared.map(({ topic, partitions }) => ({ topic, partitions: [...partitions] })),
      }),
    }));
  }

  /** Heartbeats until the group or its own change asks to join again. */
  async #stay(): Promise<void> {
    const { signal } = this.#stopping;
    let heardMs = performance.now();
    while (!signal.aborted && !this.#rejoin) {
      this.#nap = new AbortController();
      await sleep(heartbeatMs, this.#nap.signal);
      if (signal.aborted || this.#rejoin) return;
      try {
        const { groupId } = this.#coordinator;
        const parameters: heartbeatV4.HeartbeatRequest = [groupId, this.#generation, this.#memberId, null];
        const { errorCode } = await this.#coordinator.ask(heartbeatV4.api, parameters, new Deadline(), this.#lane);
        if (errorCode === codes.none) heardMs = performance.now();
        else if (errorCode === codes.rebalanceInProgress) return;
        else if (isMemberOfThePast(errorCode)) {
          this.#refused('heartbeat', errorCode);
          return;
        } else this.#coordinator.heed(errorCode);
      } catch {
        // Asked again at the next heartbeat.
      }
      if (performance.now() - heardMs > sessionMs) {
        this.#lose();
        throw unavailable('no heartbeat was answered');
      }
    }
  }

  /** The group's no to `what`. True is never returned: the caller joins again, at once or after a pause. */
  #refused(what: string, code: number): false {
    this.#coordinator.heed(code);
    if (isMemberOfThePast(code)) {
      if (code === codes.unknownMemberId) this.#memberId = '';
      this.#lose();
      return false;
    }
    if (code === codes.rebalanceInProgress) return false;
    throw unavailable(`group ${this.#coordinator.groupId} refuses to ${what}: ${nameOfCode(code)}`);
  }

  #lose(): void {
    if (this.#assignedGeneration === -1) return;
    this.#assignedGeneration = -1;
    this.#options.onLost();
  }
}

function isMemberOfThePast(code: number): boolean {
  return code === codes.unknownMemberId || code === codes.illegalGeneration;
}
