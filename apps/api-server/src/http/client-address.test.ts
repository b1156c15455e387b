import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { addressBlock, createClientAddress } from './client-address.ts';

function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

test('without trusted proxies the header is not read', () => {
  const clientAddress = createClientAddress([]);
  assert.equal(clientAddress(request('203.0.113.7', '198.51.100.1')), '203.0.113.7');
  assert.equal(clientAddress(request('127.0.0.1', '198.51.100.1')), '127.0.0.1');
});

test('trusted hops are passed from the end, the first other one is the client', () => {
  const clientAddress = createClientAddress(['10.0.0.0/8', 'fd00::/8']);
  assert.equal(clientAddress(request('10.0.0.1', '198.51.100.1')), '198.51.100.1');
  assert.equal(clientAddress(request('::ffff:10.0.0.1', 'spoofed, 1.2.3.4, 198.51.100.1, 10.9.9.9')), '198.51.100.1');
  assert.equal(clientAddress(request('fd00::1', '2001:DB8::1')), '2001:db8::1');
  assert.equal(clientAddress(request('203.0.113.7', '198.51.100.1')), '203.0.113.7', 'the peer itself is not trusted');
});

test('a header that makes no sense stops the walk', () => {
  const clientAddress = createClientAddress(['10.0.0.0/8']);
  for (const forwarded of ['', 'unknown', '1', '0x7f.1', '198.51.100.1:4711', 'localhost', ',']) {
    assert.equal(clientAddress(request('10.0.0.1', forwarded)), '10.0.0.1', forwarded);
  }
  assert.equal(clientAddress(request('10.0.0.1')), '10.0.0.1');
  assert.equal(clientAddress(request(undefined)), 'unknown');
});

test('a block is an IPv4 address, or the /64 of an IPv6 address', () => {
  assert.equal(addressBlock('203.0.113.7'), '203.0.113.7');
  assert.equal(addressBlock('::ffff:203.0.113.7'), '203.0.113.7');
  assert.equal(addressBlock('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(addressBlock('2001:db8:1:2:ffff::1'), '2001:db8:1:2::/64');
  assert.notEqual(addressBlock('2001:db8:1:3::1'), '2001:db8:1:2::/64');
  assert.equal(addressBlock('fe80::1%eth0'), 'fe80::/64');
  assert.equal(addressBlock('unknown'), 'unknown');
});
