import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Image } from './image.ts';

const BASE_FOLDERS = ['usr', 'etc', 'lib', 'lib64', 'bin', 'sbin', 'dev'];
const NODE_FOLDER = 'opt/node';

/**
 * In a mount namespace of its own: what the base image would have comes from this machine, `/` is the image's folder,
 * everything is read-only, and the program is the first process, without a right beyond those of its user.
 */
const SCRIPT = `
set -e
root=$1 node=$2 workdir=$3 uid=$4 gid=$5; shift 5
mount --bind "$root" "$root"
for folder in ${BASE_FOLDERS.join(' ')}; do mount --rbind "/$folder" "$root/$folder"; done
mount --bind "$node" "$root/${NODE_FOLDER}"
mount -t proc proc "$root/proc"
for mounted in $(cut -d ' ' -f 5 /proc/self/mountinfo | grep "^$root\\(/\\|$\\)" | sort -r); do
  mount -o remount,bind,ro "$mounted"
done
exec chroot "$root" /usr/bin/env --chdir="$workdir" /usr/bin/setpriv --reuid="$uid" --regid="$gid" --clear-groups \\
  --no-new-privs --bounding-set=-all "$@"
`;

export interface Container {
  /** Of the program itself, as this machine counts. */
  pid(): Promise<number>;
  /** Resolves with its exit code; 128 and the signal's number where a signal ended it. */
  readonly ended: Promise<number | null>;
  output(): string;
}

/** Starts a command in an image as its user, with the image's variables and those given. As root on Linux. */
export async function runImage(
  image: Image,
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Container> {
  for (const folder of [...BASE_FOLDERS, 'proc', NODE_FOLDER]) {
    await mkdir(path.join(image.root, folder), { recursive: true });
  }
  const [uid = '', gid = ''] = (image.user ?? '').split(':');
  const args = ['sh', image.root, path.dirname(process.execPath), image.workdir, uid, gid, ...command];
  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', '/bin/sh', '-c', SCRIPT, ...args], {
    env: { ...image.variables, ...variables, PATH: `/${NODE_FOLDER}:/usr/bin:/bin:/usr/sbin:/sbin` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { pid: () => firstChildOf(child), ended, output: () => output };
}

async function firstChildOf({ pid }: ChildProcess): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const first = Number(children.trim().split(' ')[0]);
  if (!(first > 0)) throw new Error('the program has ended');
  return first;
}
