import { afterEach, expect, test, vi } from 'vitest';
import { serverApiUrl } from './server-api.ts';

afterEach(() => vi.unstubAllEnvs());

test('this server asks the API where browsers do, unless there is a nearer way', () => {
  vi.stubEnv('API_URL', 'https://trade.example.com');
  expect(serverApiUrl()).toBe('https://trade.example.com');
  vi.stubEnv('API_INTERNAL_URL', 'http://api-server:3001');
  expect(serverApiUrl()).toBe('http://api-server:3001');
});
