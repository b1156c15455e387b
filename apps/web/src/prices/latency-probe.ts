const PROBE_EVERY_MS = 5_000;

/**
 * Measures the way to the server and back on an open WebSocket, with the protocol's own pings. `tell` gets ms, or
 * `undefined` once the socket is gone.
 */
export function probeLatency(socket: WebSocket, tell: (ms: number | undefined) => void): void {
  let sentAt: number | undefined;
  let count = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const probe = () => {
    count += 1;
    sentAt = performance.now();
    socket.send(JSON.stringify({ op: 'ping', id: `latency-${count}` }));
  };
  socket.addEventListener('open', () => {
    probe();
    timer = setInterval(probe, PROBE_EVERY_MS);
  });
  socket.addEventListener('message', ({ data }) => {
    if (sentAt === undefined || typeof data !== 'string' || !data.includes(`"latency-${count}"`)) return;
    tell(performance.now() - sentAt);
    sentAt = undefined;
  });
  socket.addEventListener('close', () => {
    clearInterval(timer);
    tell(undefined);
  });
}
