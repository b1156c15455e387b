import { integerSetting, listSetting, portSetting, secretSetting } from '@repo/service';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { smtpSettings } from './mail/smtp-settings.ts';
import { defaultWebSocketSettings } from './websocket/websocket-settings.ts';

const originsMessage = 'it must be a list of origins such as https://trade.example.com, without a path';
const proxiesMessage = 'it must be a list of networks such as 10.0.0.0/8,fd00::/8';

/** Settings of the api-server. Defaults are those of docs/limits.md. */
export const apiServerConfigSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: portSetting(3001),
  WS_PORT: portSetting(8080),
  /** Origins of the web app, compared exactly. When the first is https, cookies are Secure and `__Host-`. */
  WEB_ORIGINS: listSetting(['http://localhost:3000']).pipe(
    z.array(z.string().refine(isOrigin, originsMessage)).min(1, originsMessage),
  ),
  /** Networks of the proxies whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: listSetting([]).pipe(
    z.array(z.string().refine((network) => ipaddr.isValidCIDR(network), proxiesMessage)),
  ),

  /** Least time between two price frames, ms; updates meanwhile share one. */
  WS_FLUSH_INTERVAL_MS: integerSetting(defaultWebSocketSettings.flushIntervalMs, 1, 1000),
  WS_CONNECTIONS_MAX: integerSetting(defaultWebSocketSettings.connectionsMax, 1, 1_000_000),
  /** Of anonymous connections from one client address. */
  WS_CONNECTIONS_PER_ADDRESS_MAX: integerSetting(defaultWebSocketSettings.connectionsPerAddressMax, 1, 1_000_000),

  JWT_SECRET: secretSetting(),
  REFRESH_SECRET: secretSetting(),
  OTP_SECRET: secretSetting(),
  SEALING_PUBLIC_KEY: secretSetting(),

  ACCESS_TOKEN_SECONDS: integerSetting(600, 10, 600),

  OTP_SECONDS: integerSetting(300, 10, 600),
  OTP_TRIES: integerSetting(5, 1, 10),
  OTP_TRIES_WINDOW_SECONDS: integerSetting(900, 60, 86_400),
  OTP_SENDS_PER_MINUTE: integerSetting(3, 1, 1000),
  OTP_SENDS_PER_HOUR: integerSetting(5, 1, 1000),
  OTP_SENDS_PER_DAY: integerSetting(10, 1, 1000),

  /** Per address block (IPv4, or IPv6 /64). */
  SIGNINS_PER_10_SECONDS: integerSetting(5, 1, 1_000_000),
  /** Per address block; sign-ups and resends together. */
  SIGNUPS_PER_10_MINUTES: integerSetting(20, 1, 1_000_000),
  /** Per address block. */
  CODE_TRIES_PER_10_SECONDS: integerSetting(10, 1, 1_000_000),
  /** Per address block. Twenty tabs that wake at once are one person. */
  REFRESHES_PER_10_SECONDS: integerSetting(50, 1, 1_000_000),

  /** Failures of one account before its sign-ins have to wait. */
  SIGNIN_FAILURES_MAX: integerSetting(10, 1, 1000),
  /** The first wait; each one after it is twice as long. */
  SIGNIN_WAIT_SECONDS_MIN: integerSetting(30, 1, 3600),
  SIGNIN_WAIT_SECONDS_MAX: integerSetting(900, 1, 86_400),

  /** Sign-ins and verifications at the user store at one time, and those that may wait for it. */
  AUTH_CONCURRENCY_MAX: integerSetting(2, 1, 100),
  AUTH_QUEUE_MAX: integerSetting(16, 0, 10_000),

  USER_STORE_TIMEOUT_MS: integerSetting(5_000, 100, 60_000),
  USER_REQUESTS_OUTSTANDING_MAX: integerSetting(1_000, 1, 100_000),

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
