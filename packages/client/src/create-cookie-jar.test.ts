import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCookieJar } from './create-cookie-jar.ts';

const API = 'https://api.example.com/api/v1';

describe('the cookie jar', () => {
  it('gives back what fits host and path, longest path first', () => {
    const jar = createCookieJar();
    jar.store(`${API}/signin`, ['access=a; Path=/; HttpOnly', 'refresh=r=1; Path=/api/v1/refresh; Secure']);
    assert.equal(jar.header(`${API}/me`), 'access=a');
    assert.equal(jar.header(`${API}/refresh`), 'refresh=r=1; access=a');
    assert.equal(jar.header(`${API}/refresh/x`), 'refresh=r=1; access=a');
    assert.equal(jar.header(`${API}/refreshing`), 'access=a');
    assert.equal(jar.header('https://example.com/'), undefined);
    assert.equal(jar.header('https://api.example.com:8443/'), 'access=a');
  });

  it('keeps secure cookies off plain connections, the own machine aside', () => {
    const jar = createCookieJar();
    jar.store(API, ['a=1; Path=/; Secure']);
    assert.equal(jar.header('http://api.example.com/'), undefined);
    assert.equal(jar.header('wss://api.example.com/'), 'a=1');
    jar.store('http://evil.example/', ['b=1; Path=/; Secure']);
    assert.equal(jar.header('https://evil.example/'), undefined);
    jar.store('http://localhost:3001/', ['c=1; Path=/; Secure']);
    assert.equal(jar.header('ws://localhost:8080/'), 'c=1');
  });

  it('forgets what is over', () => {
    const jar = createCookieJar();
    jar.store(API, ['a=1; Path=/', 'b=2; Path=/; Max-Age=60', 'c=3; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT']);
    assert.equal(jar.header(API), 'a=1; b=2');
    jar.store(API, ['a=; Path=/; Max-Age=0', 'b=; Path=/other; Max-Age=0']);
    assert.equal(jar.header(API), 'b=2');
    jar.store(API, ['b=4; Path=/']);
    assert.equal(jar.header(API), 'b=4');
    jar.clear();
    assert.equal(jar.header(API), undefined);
  });

  it('takes the path of the request when none is given, and drops what is no cookie', () => {
    const jar = createCookieJar();
    jar.store(`${API}/signin`, ['a=1', '=2', 'nonsense']);
    assert.equal(jar.header(`${API}/me`), 'a=1');
    assert.equal(jar.header('https://api.example.com/'), undefined);
  });
});
