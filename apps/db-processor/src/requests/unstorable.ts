// Data exceptions and violated constraints: the database will refuse the same values every time.
const SQLSTATE = /^2[23]...$/;

/** Whether the database refused a message for what is in it (a NUL in a text, a number out of range …). */
export function isUnstorable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && SQLSTATE.test(at.code)) return true;
  }
  return false;
}
