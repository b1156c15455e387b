import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Problem, type ProblemCode, problemStatus } from '@repo/schemas';

/** Answers an upgrade with a problem and closes the socket. */
export function refuseUpgrade(socket: Duplex, code: ProblemCode): void {
  const status = problemStatus[code];
  const title = STATUS_CODES[status] ?? 'Refused';
  const body = JSON.stringify({ type: 'about:blank', title, status, code } satisfies Problem);
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${title}`,
      'Connection: close',
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
