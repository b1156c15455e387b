import { describe, expect, test } from 'vitest';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { preferredLocale, publicSettings } from './public-settings.ts';
import type { WebConfig } from './web-config.ts';

const local: WebConfig = { API_URL: 'http://localhost:3001', WS_URL: 'ws://127.0.0.1:8080/', PROFILE: 'standalone' };

describe('publicSettings', () => {
  test.each([
    ['localhost:3000', 'http://localhost:3001', 'ws://localhost:8080/'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3001', 'ws://127.0.0.1:8080/'],
    ['[::1]:3000', 'http://[::1]:3001', 'ws://[::1]:8080/'],
  ])('keeps a page at %s on one site with the loopback API', (host, apiUrl, wsUrl) => {
    expect(publicSettings(local, host, null)).toMatchObject({ apiUrl, wsUrl });
  });

  test('leaves a real address alone, whatever the page calls itself', () => {
    const config: WebConfig = { ...local, API_URL: 'https://api.example.com/', WS_URL: 'wss://trade.example.com/ws' };
    expect(publicSettings(config, 'evil.example:3000', null)).toMatchObject({
      apiUrl: 'https://api.example.com',
      wsUrl: 'wss://trade.example.com/ws',
    });
  });

  test.each([null, '', 'a b', '; script-src *', 'x\r\ny', '//'])('survives the Host header %j', (host) => {
    const { apiUrl } = publicSettings(local, host, null);
    expect(apiUrl).toMatch(/^http:\/\/[\w.-]+:3001$/);
  });
});

describe('preferredLocale', () => {
  test.each([
    ['de-DE,de;q=0.9,en;q=0.8', 'de-DE'],
    ['xx-invalid-tag-that-is-much-too-long,fr', 'fr'],
    ['*', 'en-US'],
    [null, 'en-US'],
    ['../../etc', 'en-US'],
  ])('of %j is %s', (header, locale) => {
    expect(preferredLocale(header)).toBe(locale);
  });
});

describe('contentSecurityPolicy', () => {
  const settings = publicSettings(local, 'localhost:3000', null);
  const policy = new Map(
    contentSecurityPolicy('n0nce', settings, false)
      .split('; ')
      .map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]),
  );

  test('lets scripts run by nonce only', () => {
    expect(policy.get('script-src')).toEqual(["'self'", "'nonce-n0nce'", "'strict-dynamic'"]);
  });
  test('allows no inline style without the nonce', () => {
    expect(policy.get('style-src')).toEqual(["'self'", "'nonce-n0nce'"]);
  });
  test('connects to this origin, the API and the stream', () => {
    expect(policy.get('connect-src')).toEqual(["'self'", 'http://localhost:3001', 'ws://localhost:8080/']);
  });
  test('cannot be framed, rebased or made to post elsewhere', () => {
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(policy.get('base-uri')).toEqual(["'none'"]);
    expect(policy.get('form-action')).toEqual(["'self'"]);
    expect(policy.get('object-src')).toEqual(["'none'"]);
  });
});
