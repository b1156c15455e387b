import { type ApiClient, createApiClient } from '@repo/client';
import { pageSettings } from './page-settings.ts';

let client: ApiClient | undefined;

/** The one API client of the page: calls that wait for a refresh share it. Browser only. */
export function browserApi(): ApiClient {
  client ??= createApiClient({ baseUrl: pageSettings().apiUrl });
  return client;
}
