import assert from 'node:assert/strict';
import { it } from 'node:test';
import { databaseConfigSchema } from './config.ts';

it('takes URLs of databases only, and bounded numbers', () => {
  const parse = (settings: object) => databaseConfigSchema.safeParse(settings);
  const url = 'postgres://api_server:secret@db.example.com:5432/cfd_broker?sslmode=verify-full';
  assert.deepEqual(parse({ DATABASE_URL: url }).data, {
    DATABASE_URL: url,
    DATABASE_POOL_MAX: 10,
    DATABASE_STATEMENT_TIMEOUT_MS: 1_500,
  });
  assert.ok(parse({ DATABASE_URL: 'postgresql://host/name', DATABASE_POOL_MAX: '3' }).success);
  for (const wrong of ['', 'db.example.com', 'mysql://host/name', 'postgres://host', 'postgres:///name', undefined]) {
    assert.ok(!parse({ DATABASE_URL: wrong }).success, String(wrong));
  }
  for (const wrong of ['0', '-1', '1e3', '1001', 'many']) {
    assert.ok(!parse({ DATABASE_URL: url, DATABASE_POOL_MAX: wrong }).success, wrong);
  }
});
