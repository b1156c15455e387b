import { type ApiClient, createApiClient } from '@repo/client';
import { readWebConfig } from './web-config.ts';

/** A page must not wait for a slow api-server: the browser asks again anyway. */
export const SERVER_TIMEOUT_MS = 1_500;

/** The public part of the API, for a page being rendered. Nobody's cookies: a refresh here would be lost. */
export function serverApi(): ApiClient {
  return createApiClient({ baseUrl: readWebConfig().API_URL, timeoutMs: SERVER_TIMEOUT_MS });
}
