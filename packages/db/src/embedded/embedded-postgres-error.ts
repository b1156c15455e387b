/** The embedded server cannot start. The message is one clear sentence, ready for the terminal. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
