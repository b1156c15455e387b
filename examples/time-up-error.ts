/** What was waited for did not happen. */
export class TimeUpError extends Error {
  override readonly name = 'TimeUpError';
}
