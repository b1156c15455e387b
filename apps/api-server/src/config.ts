import { integerSetting, listSetting, portSetting, secretSetting } from '@repo/service';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { smtpSettings } from './mail/smtp-settings.ts';
import { defaultWebSocketSettings } from './websocket/websocket-settings.ts';

const originsMessage = 'it must be a list of origins such as https://trade.example.com, without a path';
const proxiesMessage = 'it must be a list of networks such as 10.0.0.0/8,fd00::/8';

/** Settings of the api-server; docs/operations/configuration.md is made from them. */
export const apiServerConfigSchema = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address that HTTP and WebSocket listen on; `0.0.0.0` for all.'),
  HTTP_PORT: portSetting(3001).describe('Port of the HTTP API.'),
  WS_PORT: portSetting(8080).describe('Port of the WebSocket server.'),
  WEB_ORIGINS: listSetting(['http://localhost:3000'])
    .pipe(z.array(z.string().refine(isOrigin, originsMessage)).min(1, originsMessage))
    .describe('Origins of the web app, compared exactly. When the first is https, cookies are Secure and `__Host-`.'),
  TRUSTED_PROXIES: listSetting([])
    .pipe(z.array(z.string().refine((network) => ipaddr.isValidCIDR(network), proxiesMessage)))
    .describe('Networks of the proxies whose X-Forwarded-For is believed.'),

  WS_FLUSH_INTERVAL_MS: integerSetting(defaultWebSocketSettings.flushIntervalMs, 1, 1000).describe(
    'Least time between two price frames; updates meanwhile share one.',
  ),
  WS_CONNECTIONS_MAX: integerSetting(defaultWebSocketSettings.connectionsMax, 1, 1_000_000).describe(
    'WebSocket connections in all.',
  ),
  WS_CONNECTIONS_PER_ADDRESS_MAX: integerSetting(
    defaultWebSocketSettings.connectionsPerAddressMax,
    1,
    1_000_000,
  ).describe('Anonymous WebSocket connections from one address block (an IPv4 address, or an IPv6 /64).'),

  JWT_SECRET: secretSetting().describe('Signs access tokens. The same for every api-server.'),
  REFRESH_SECRET: secretSetting().describe('Signs refresh tokens. The same for every api-server.'),
  OTP_SECRET: secretSetting().describe(
    'Key of the HMAC that is kept of a one-time code. The same for every api-server.',
  ),
  SEALING_PUBLIC_KEY: secretSetting()
    .describe('Public half of the db-processors’ `SEALING_PRIVATE_KEY` (a JWK): passwords are sealed to it.')
    .meta({ secret: false }),

  ACCESS_TOKEN_SECONDS: integerSetting(600, 10, 600).describe('Life of an access token.'),

  OTP_SECONDS: integerSetting(300, 10, 600).describe('Life of a one-time code.'),
  OTP_TRIES: integerSetting(5, 1, 10).describe('Tries of an address, whatever codes it was sent.'),
  OTP_TRIES_WINDOW_SECONDS: integerSetting(900, 60, 86_400).describe('The time within which `OTP_TRIES` are counted.'),
  OTP_SENDS_PER_MINUTE: integerSetting(3, 1, 1000).describe('Codes sent to an address in a minute.'),
  OTP_SENDS_PER_HOUR: integerSetting(5, 1, 1000).describe('Codes sent to an address in an hour.'),
  OTP_SENDS_PER_DAY: integerSetting(10, 1, 1000).describe('Codes sent to an address in a day.'),

  SIGNINS_PER_10_SECONDS: integerSetting(5, 1, 1_000_000).describe('Sign-ins of an address block in 10 s.'),
  SIGNUPS_PER_10_MINUTES: integerSetting(20, 1, 1_000_000).describe(
    'Sign-ups and resends together, of an address block in 10 min.',
  ),
  CODE_TRIES_PER_10_SECONDS: integerSetting(10, 1, 1_000_000).describe('Tries at codes of an address block in 10 s.'),
  REFRESHES_PER_10_SECONDS: integerSetting(50, 1, 1_000_000).describe(
    'Refreshes of an address block in 10 s. Twenty tabs that wake at once are one person.',
  ),

  SIGNIN_FAILURES_MAX: integerSetting(10, 1, 1000).describe(
    'Failed sign-ins of an account before its next one has to wait.',
  ),
  SIGNIN_WAIT_SECONDS_MIN: integerSetting(30, 1, 3600).describe('The first wait; each one after it is twice as long.'),
  SIGNIN_WAIT_SECONDS_MAX: integerSetting(900, 1, 86_400).describe('The longest wait.'),

  AUTH_CONCURRENCY_MAX: integerSetting(2, 1, 100).describe(
    'Sign-ins and verifications that this api-server has at the user store at one time.',
  ),
  AUTH_QUEUE_MAX: integerSetting(16, 0, 10_000).describe('Those that may wait for it; one more is answered 503.'),

  USER_STORE_TIMEOUT_MS: integerSetting(5_000, 100, 60_000).describe(
    'A request to the user store without an answer after this is answered 503.',
  ),
  USER_REQUESTS_OUTSTANDING_MAX: integerSetting(1_000, 1, 100_000).describe(
    'Requests of all kinds that wait for the user store; one more is answered 503.',
  ),

  TRADE_TIMEOUT_MS: integerSetting(5_000, 100, 60_000).describe(
    'A command to the trading engine without an answer after this is answered 503.',
  ),
  TRADE_COMMANDS_OUTSTANDING_MAX: integerSetting(10_000, 1, 1_000_000).describe(
    'Commands that wait for the trading engine; one more is answered 503.',
  ),
  ORDERS_PER_SECOND: integerSetting(20, 1, 1_000_000).describe(
    'Requests of an account, in a second, that place, change, cancel or close something or move money.',
  ),
  DEMO_BALANCE: integerSetting(10_000, 0, 1_000_000).describe(
    'What the account that every user has from the beginning is opened with.',
  ),

  API_KEY_REQUESTS_PER_SECOND: integerSetting(50, 1, 1_000_000).describe('Signed requests of an API key in a second.'),
  API_KEY_WINDOW_SECONDS: integerSetting(30, 1, 50).describe(
    'How far the timestamp of a signed request may be from the clock here, either way.',
  ),
  API_KEY_FAILURES_PER_10_SECONDS: integerSetting(50, 1, 1_000_000).describe(
    'Signed requests of an address block that were refused, in 10 s, before keys are no longer looked up for it.',
  ),
  API_KEY_CHANGES_PER_10_MINUTES: integerSetting(30, 1, 1_000_000).describe(
    'API keys that a user may make and revoke in 10 min.',
  ),

  ...smtpSettings,
});

export type ApiServerConfig = z.infer<typeof apiServerConfigSchema>;

/** Whether cookies are Secure: wherever the web app is served over HTTPS. */
export function areCookiesSecure(config: Pick<ApiServerConfig, 'WEB_ORIGINS'>): boolean {
  return config.WEB_ORIGINS[0]?.startsWith('https:') ?? false;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
