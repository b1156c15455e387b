/** Tells the other tabs of this browser that the session has ended. */
const NAME = 'session';

export function announceSignOut(): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage('signed-out');
  channel.close();
}

/** Calls `listener` when another tab signs out. Returns how to stop listening. */
export function onSignOutElsewhere(listener: () => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.addEventListener('message', ({ data }) => {
    if (data === 'signed-out') listener();
  });
  return () => channel.close();
}
