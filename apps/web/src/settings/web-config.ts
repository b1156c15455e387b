import { z } from 'zod';

function urlSetting(fallback: string, protocols: readonly string[]) {
  const message = `it must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return z
    .string()
    .refine((text) => protocols.includes(URL.parse(text)?.protocol ?? ''), message)
    .default(fallback);
}

/** The settings that pages need; keys are the variables of the environment. */
export const webConfigSchema = z.object({
  /** Where browsers and this server reach the api-server. */
  API_URL: urlSetting('http://localhost:3001', ['http:', 'https:']),
  WS_URL: urlSetting('ws://localhost:8080', ['ws:', 'wss:']),
  /** `standalone` keeps mails instead of sending them, and shows them at /mailbox. */
  PROFILE: z.enum(['standalone', 'distributed'], 'it must be standalone or distributed').default('distributed'),
});
export type WebConfig = z.infer<typeof webConfigSchema>;

/** Read at each request, so that nothing of it is baked into the build. main.ts has already refused bad values. */
export function readWebConfig(): WebConfig {
  const { API_URL, WS_URL, PROFILE } = process.env;
  return webConfigSchema.parse({ API_URL, WS_URL, PROFILE });
}
