import { passwordLengthMin } from '@repo/schemas';
import { dictionary } from '@zxcvbn-ts/language-common';

/** What people choose most often (zxcvbn's list), lower-cased; the shorter ones are too short anyway. */
export const commonPasswords: ReadonlySet<string> = new Set(
  dictionary['passwords-common']
    .map((password) => password.toLowerCase())
    .filter((password) => password.length >= passwordLengthMin),
);
