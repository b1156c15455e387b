import { type ApiClient, createApiClient } from '@repo/client';
import { readWebConfig } from './web-config.ts';

/** A page must not wait for a slow api-server: the browser asks again anyway. */
export const SERVER_TIMEOUT_MS = 1_500;

/** Where the API is for this server, which may be nearer than for the browsers. */
export function serverApiUrl(): string {
  const { API_INTERNAL_URL, API_URL } = readWebConfig();
  return API_INTERNAL_URL ?? API_URL;
}

/** The public part of the API, for a page being rendered. Nobody's cookies: a refresh here would be lost. */
export function serverApi(): ApiClient {
  return createApiClient({ baseUrl: serverApiUrl(), timeoutMs: SERVER_TIMEOUT_MS });
}
