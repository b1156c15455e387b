import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./owner-program.ts', import.meta.url));

/** A program of its own that owns a data directory, as the standalone program does. */
export interface OwnerProcess {
  readonly child: ChildProcess;
  /** The next line that begins with this word, without the word. */
  hear(word: string): Promise<string>;
  kill(): Promise<void>;
}

export function startOwnerProcess(dataDir: string): OwnerProcess {
  // A process group of its own, as a terminal gives to what it starts.
  const child = spawn(process.execPath, [program, dataDir], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const heard: string[] = [];
  const listeners = new Set<() => void>();
  lines.on('line', (line) => {
    heard.push(line);
    for (const listener of listeners) listener();
  });
  const exited = once(child, 'exit');
  return {
    child,
    hear: (word) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const index = heard.findIndex((line) => line.startsWith(`${word} `));
          if (index < 0) return;
          listeners.delete(look);
          resolve((heard.splice(index, 1)[0] ?? '').slice(word.length + 1));
        };
        listeners.add(look);
        exited.then(() => reject(new Error(`the owner ended without a word of ${word}`)), reject);
        look();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
