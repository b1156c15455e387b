import type { SocketTiming } from '../sources/reconnecting-socket.ts';

/** Patient with a silent server, quick to come back. */
export const fastTiming: SocketTiming = {
  pingMs: 10_000,
  silenceMs: 30_000,
  handshakeMs: 5_000,
  reconnectBaseMs: 1,
  reconnectMaxMs: 5,
  reconnectResetMs: 10_000,
};
