import { setTimeout as delay } from 'node:timers/promises';
import { type API, FindCoordinatorKeyTypes, findCoordinatorV4 } from '@platformatic/kafka';
import type { Address } from './broker-connection.ts';
import type { Cluster, Lane } from './cluster.ts';
import type { Deadline } from './deadline.ts';
import { codes, mayPass, nameOfCode, unavailable } from './failures.ts';

const pauseMs = 50;

/** The broker that keeps a group's members and offsets; it moves when that broker goes away. */
export class GroupCoordinator {
  readonly groupId: string;
  readonly #cluster: Cluster;
  #address: Address | undefined;

  constructor(cluster: Cluster, groupId: string) {
    this.#cluster = cluster;
    this.groupId = groupId;
  }

  async ask<Arguments extends unknown[], Answer>(
    api: API<Arguments, Answer>,
    parameters: Arguments,
    deadline: Deadline,
    lane: Lane = 'questions',
  ): Promise<Answer> {
    const address = await this.#find(deadline);
    try {
      return await this.#cluster.askAt(address, lane, api, parameters, deadline);
    } catch (error) {
      this.forget();
      throw unavailable(`the coordinator of group ${this.groupId} does not answer`, error);
    }
  }

  /** Looks for it again next time, when the code says that it is another broker. */
  heed(code: number): void {
    if (code === codes.notCoordinator || code === codes.coordinatorNotAvailable) this.forget();
  }

  forget(): void {
    this.#address = undefined;
  }

  async #find(deadline: Deadline): Promise<Address> {
    while (this.#address === undefined) {
      const parameters: findCoordinatorV4.FindCoordinatorRequest = [FindCoordinatorKeyTypes.GROUP, [this.groupId]];
      const answer = await this.#cluster.ask(findCoordinatorV4.api, parameters, deadline);
      const [found] = answer.coordinators;
      const code = found?.errorCode ?? codes.coordinatorNotAvailable;
      if (found !== undefined && code === codes.none) this.#address = { host: found.host, port: found.port };
      else if (!mayPass(code) || deadline.leftMs <= pauseMs) {
        throw unavailable(`group ${this.groupId} has no coordinator: ${nameOfCode(code)}`);
      } else await delay(pauseMs);
    }
    return this.#address;
  }
}
