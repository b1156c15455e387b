import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, loadConfig } from '@repo/service';
import { apiServerConfigSchema, areCookiesSecure } from './config.ts';

const secrets = {
  JWT_SECRET: 'j'.repeat(32),
  REFRESH_SECRET: 'r'.repeat(32),
  OTP_SECRET: 'o'.repeat(32),
  SEALING_PUBLIC_KEY: 'k'.repeat(32),
};

test('secrets are enough; the rest has defaults', () => {
  const config = loadConfig(apiServerConfigSchema, secrets);
  assert.equal(config.HOST, '127.0.0.1');
  assert.equal(config.HTTP_PORT, 3001);
  assert.equal(config.WS_PORT, 8080);
  assert.deepEqual(config.WEB_ORIGINS, ['http://localhost:3000']);
  assert.deepEqual(config.TRUSTED_PROXIES, []);
  assert.equal(config.ACCESS_TOKEN_SECONDS, 600);
});

test('each secret is demanded, and a short one refused without being shown', () => {
  for (const name of Object.keys(secrets)) {
    assert.throws(() => loadConfig(apiServerConfigSchema, { ...secrets, [name]: undefined }), ConfigError, name);
    assert.throws(
      () => loadConfig(apiServerConfigSchema, { ...secrets, [name]: 'short-secret' }),
      (error) =>
        error instanceof ConfigError && error.message.includes(name) && !error.message.includes('short-secret'),
    );
  }
});

test('origins are origins, proxies are networks', () => {
  const load = (more: Record<string, string>) => loadConfig(apiServerConfigSchema, { ...secrets, ...more });
  const two = 'https://a.example, https://b.example:8443';
  assert.deepEqual(load({ WEB_ORIGINS: two }).WEB_ORIGINS, ['https://a.example', 'https://b.example:8443']);
  for (const bad of [
    'a.example',
    'https://a.example/',
    'https://a.example/path',
    '*',
    'null',
    'https://A.example',
    ',',
  ]) {
    assert.throws(() => load({ WEB_ORIGINS: bad }), ConfigError, bad);
  }
  assert.deepEqual(load({ TRUSTED_PROXIES: '10.0.0.0/8,fd00::/8' }).TRUSTED_PROXIES, ['10.0.0.0/8', 'fd00::/8']);
  for (const bad of ['10.0.0.1', 'proxy.example', '10.0.0.0/33']) {
    assert.throws(() => load({ TRUSTED_PROXIES: bad }), ConfigError, bad);
  }
});

test('an access token never lives longer than 10 minutes', () => {
  assert.throws(() => loadConfig(apiServerConfigSchema, { ...secrets, ACCESS_TOKEN_SECONDS: '601' }), ConfigError);
});

test('cookies are secure where the web app is', () => {
  assert.equal(areCookiesSecure({ WEB_ORIGINS: ['https://a.example', 'http://localhost:3000'] }), true);
  assert.equal(areCookiesSecure({ WEB_ORIGINS: ['http://localhost:3000'] }), false);
});
