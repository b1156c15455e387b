import type { Call, Operation } from './call.ts';

/** An audit of nothing finds nothing: each of these was asked, and each answer of theirs given, at least once. */
const due: readonly { readonly operation: Operation; readonly status: number }[] = [
  { operation: 'signup', status: 202 },
  { operation: 'resend-otp', status: 202 },
  { operation: 'resend-otp', status: 429 },
  { operation: 'verify-otp', status: 201 },
  { operation: 'verify-otp', status: 401 },
  { operation: 'verify-otp', status: 429 },
  { operation: 'signin', status: 200 },
  { operation: 'signin', status: 401 },
  { operation: 'refresh', status: 200 },
  { operation: 'refresh', status: 401 },
  { operation: 'logout', status: 204 },
  { operation: 'me', status: 200 },
  { operation: 'me', status: 401 },
  { operation: 'prices', status: 200 },
];

/** The load was one worth auditing. */
export function auditLoad(calls: readonly Call[]): string[] {
  const seen = new Set(calls.map(({ operation, end }) => `${operation} ${end.status}`));
  return due
    .filter(({ operation, status }) => !seen.has(`${operation} ${status}`))
    .map(({ operation, status }) => `nobody got ${status} from ${operation}: the load was too little`);
}
