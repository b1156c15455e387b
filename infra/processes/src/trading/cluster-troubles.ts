import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, endProcess } from '../faults/cluster.ts';
import type { Fault } from '../faults/fault.ts';
import { linkFaults } from '../faults/link-faults.ts';
import {
  backendKilled,
  kafkaAway,
  kafkaRestarted,
  postgresStopped,
  redisAway,
  redisFlushed,
} from '../faults/server-faults.ts';
import { findFaketime } from './find-faketime.ts';
import type { CrashPoint } from './standalone-venue.ts';
import type { Trouble } from './trading-run.ts';

const AWAY_MS = 3_000;
/** Far longer than a lease. */
const ASLEEP_MS = 2_000;
export const crashPoints: readonly CrashPoint[] = ['before-commit', 'after-commit', 'after-answer', 'after-publish'];
const CRASH_MS_MAX = 60_000;

/** `kill -9` of an engine under load. The other one takes over; nobody waits until it is back. */
export function engineKilled(cluster: Cluster, index: number): Trouble {
  return {
    name: 'kill -9 an engine',
    waitsForAll: false,
    inflict: () => endProcess(cluster.process(`trading-engine-${index}`), 'SIGKILL'),
  };
}

/** An engine that kills itself where it hurts most, when it comes by there under load. */
export function engineCrash(cluster: Cluster, index: number, point: CrashPoint): Trouble {
  return {
    name: `an engine dies ${point}`,
    inflict: async () => {
      const engine = cluster.process(`trading-engine-${index}`);
      engine.extraSettings = { CRASH_AT: `${point}:15` };
      await endProcess(engine, 'SIGKILL');
      const before = engine.pid;
      const another = async (than: number | undefined) => {
        for (const deadline = performance.now() + CRASH_MS_MAX; engine.pid === than; await delay(20)) {
          if (performance.now() > deadline) throw new Error(`${engine.name} did not die ${point}`);
        }
      };
      await another(before);
      engine.extraSettings = {};
      await another(engine.pid);
    },
  };
}

/** It sleeps until the other has its shards, and wakes up in the belief that they are its own. */
export function engineAsleep(cluster: Cluster, index: number): Trouble {
  return {
    name: 'an engine stopped (SIGSTOP) and woken (SIGCONT)',
    lastsMs: ASLEEP_MS,
    inflict: async () => {
      const engine = cluster.process(`trading-engine-${index}`);
      engine.signal('SIGSTOP');
      return async () => engine.signal('SIGCONT');
    },
  };
}

/** Its clock is wrong from its next start on; the monotonic one is not. */
export function clockWrong(cluster: Cluster, service: string, hours: '+1h' | '-1h'): Trouble {
  const process = cluster.process(service);
  return {
    name: `the clock of ${service} ${hours}`,
    lastsMs: AWAY_MS,
    inflict: async () => {
      const library = await findFaketime();
      process.extraSettings = { LD_PRELOAD: library, FAKETIME: hours, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
      await endProcess(process, 'SIGTERM');
      return async () => {
        process.extraSettings = {};
        await endProcess(process, 'SIGTERM');
      };
    },
  };
}

/** SIGTERM to one process after the other. */
export function rollingRestart(cluster: Cluster): readonly Trouble[] {
  const names = ['trading-engine-1', 'trading-engine-2', 'api-server-1', 'api-server-2', 'poller-1', 'poller-2'];
  return names.map((name) => ({
    name: `${name} restarted (SIGTERM)`,
    inflict: () => endProcess(cluster.process(name), 'SIGTERM'),
  }));
}

export function serverTroubles(cluster: Cluster): readonly Trouble[] {
  return [
    troubleOf(cluster, redisFlushed),
    troubleOf(cluster, redisAway(AWAY_MS)),
    { ...troubleOf(cluster, postgresStopped(AWAY_MS)), stops: true },
    troubleOf(cluster, backendKilled('trading_engine')),
    troubleOf(cluster, backendKilled('api_server')),
    { ...troubleOf(cluster, kafkaRestarted), stops: true },
    { ...troubleOf(cluster, kafkaAway(AWAY_MS)), stops: true },
  ];
}

/** Slow, silent and cut off: the engine's ways to the log and to its books. */
export function linkTroubles(cluster: Cluster): readonly Trouble[] {
  return cluster.links
    .filter(({ name }) => name.startsWith('trading-engine'))
    .flatMap(linkFaults)
    .map((fault) => troubleOf(cluster, fault));
}

function troubleOf(cluster: Cluster, fault: Fault): Trouble {
  const { name, lastsMs } = fault;
  return { name, lastsMs, inflict: async () => (await fault.inflict(cluster)).heal };
}
