import { Counter, Gate, GateFullError, Gauge, monotonicMs, type Registry } from '@repo/service';
import { UserStoreUnavailableError } from './user-requests.ts';

/** Who has waited this long is refused instead of asking a store that answers late or not at all. */
const WAIT_MAX_MS = 1_500;

/**
 * Lets few sign-ins and verifications at a time reach the user store, where each costs a password hash; some wait,
 * the rest is refused at once with `GateFullError`.
 */
export class AuthGate {
  readonly #gate: Gate;
  readonly #refused: Counter;

  constructor(options: { readonly concurrencyMax: number; readonly queueMax: number; readonly metrics: Registry }) {
    const gate = new Gate(options);
    this.#gate = gate;
    this.#refused = new Counter({
      name: 'cfd_api_server_auth_gate_refused_total',
      help: 'Sign-ins and verifications that found the gate full, or waited too long at it',
      registers: [options.metrics],
    });
    const gauge: Gauge<'state'> = new Gauge({
      name: 'cfd_api_server_auth_gate_requests',
      help: 'Sign-ins and verifications at the gate',
      labelNames: ['state'],
      registers: [options.metrics],
      collect: () => {
        gauge.set({ state: 'running' }, gate.running);
        gauge.set({ state: 'waiting' }, gate.waiting);
      },
    });
  }

  /** @throws GateFullError, UserStoreUnavailableError without running the task. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const since = monotonicMs();
    try {
      return await this.#gate.run(() => {
        if (monotonicMs() - since > WAIT_MAX_MS) {
          this.#refused.inc();
          throw new UserStoreUnavailableError('waited too long at the gate');
        }
        return task();
      });
    } catch (error) {
      if (error instanceof GateFullError) this.#refused.inc();
      throw error;
    }
  }
}
