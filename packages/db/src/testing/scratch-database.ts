import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A database of a test's own on a server that others use too. */
export interface ScratchDatabase {
  /** Of the role that made it. */
  readonly ownerUrl: string;
  readonly drop: () => Promise<void>;
}

/** @param serverUrl of a role that may create databases, in any database of the server. */
export async function createScratchDatabase(serverUrl: string): Promise<ScratchDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await query(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return { ownerUrl: url.href, drop: () => query(serverUrl, `drop database ${name} with (force)`) };
}

/** Runs statements on a connection of their own. */
export async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
