/** Bounds and times of the WebSocket server. */
export interface WebSocketSettings {
  /** Least time between two flushes of a channel, ms; updates meanwhile share a frame. */
  readonly flushIntervalMs: number;
  /** Clients written to in one go, before the process turns to other things. */
  readonly cohortSize: number;
  readonly connectionsMax: number;
  readonly connectionsPerUserMax: number;
  /** Of anonymous connections from one client address. */
  readonly connectionsPerAddressMax: number;
  readonly messagesPerSecondMax: number;
  /** Bytes that may wait for a client's socket; one with more gets no frames until it has read all of them. */
  readonly bufferedBytesMax: number;
  /** A client that has not read what waits for it after this long is closed with 1013. */
  readonly drainTimeoutMs: number;
  readonly pingIntervalMs: number;
  /** Between two looks at whether a session is still active. */
  readonly sessionCheckIntervalMs: number;
  /** A session that could not be checked for this long counts as unknown: its connections are closed with 1013. */
  readonly sessionUnknownMsMax: number;
  /** How long a closing handshake may take before the connection is cut. */
  readonly closeTimeoutMs: number;
}

export const defaultWebSocketSettings: WebSocketSettings = {
  // Of recorded quotes most come within 10 ms of the one before, so that waiting for 10 ms would be nearly all of the
  // latency. A shorter wait hardly makes more writes: what comes while a round of clients is written to is joined anyway.
  flushIntervalMs: 2,
  cohortSize: 128,
  connectionsMax: 10_000,
  connectionsPerUserMax: 10,
  connectionsPerAddressMax: 100,
  messagesPerSecondMax: 20,
  bufferedBytesMax: 64 * 1024,
  drainTimeoutMs: 10_000,
  pingIntervalMs: 30_000,
  sessionCheckIntervalMs: 1_000,
  sessionUnknownMsMax: 5_000,
  closeTimeoutMs: 2_000,
};
