import { z } from 'zod';

function urlSetting(...protocols: readonly string[]) {
  const message = `it must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return z.string().refine((text) => protocols.includes(URL.parse(text)?.protocol ?? ''), message);
}

/** The settings that pages need; keys are the variables of the environment. */
export const webConfigSchema = z.object({
  API_URL: urlSetting('http:', 'https:')
    .default('http://localhost:3001')
    .describe('Where browsers reach the HTTP API. Of the URL only the origin counts.'),
  API_INTERNAL_URL: urlSetting('http:', 'https:')
    .optional()
    .describe('Where this server reaches the HTTP API, if not where browsers do. Absent: `API_URL`.'),
  WS_URL: urlSetting('ws:', 'wss:')
    .default('ws://localhost:8080')
    .describe(
      'Where browsers reach the WebSocket: on the host of `API_URL`, whose cookies it needs, with the path `/` or `/ws`.',
    ),
  PROFILE: z
    .enum(['standalone', 'distributed'], 'it must be standalone or distributed')
    .default('distributed')
    .describe('`standalone` keeps mails instead of sending them, and shows them at /mailbox.'),
});
export type WebConfig = z.infer<typeof webConfigSchema>;

/** Read at each request, so that nothing of it is baked into the build. main.ts has already refused bad values. */
export function readWebConfig(): WebConfig {
  const { API_URL, API_INTERNAL_URL, WS_URL, PROFILE } = process.env;
  return webConfigSchema.parse({ API_URL, API_INTERNAL_URL, WS_URL, PROFILE });
}
