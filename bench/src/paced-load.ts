import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sends requests at an even rate, whatever becomes of those before, and times each from the moment it was due, so that
 * a server that stalls cannot hide it by slowing its clients.
 *
 * @returns ms of each request. @throws when one is not answered with 200.
 */
export async function pacedLoad(url: string, cookie: string, perSecond: number, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const begunMs = performance.now();
  const pending: Promise<number>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const dueMs = begunMs + (index * 1000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    // A timer may be a millisecond off; that much is the load generator's, not the server's.
    const nowMs = performance.now();
    pending.push(requestOnce(url, cookie, agent, nowMs - dueMs > 1 ? dueMs : nowMs));
  }
  const times = await Promise.all(pending);
  agent.destroy();
  return times;
}

function requestOnce(url: string, cookie: string, agent: Agent, fromMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { cookie } }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - fromMs);
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    }).once('error', reject);
  });
}
