/** A server cannot be had, started or stopped. The message is one clear sentence, ready for the terminal. */
export class InfraError extends Error {
  override readonly name = 'InfraError';
}
