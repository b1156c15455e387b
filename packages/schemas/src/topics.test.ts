import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AuditEventSchema, PriceUpdateSchema, UserRequestSchema, UserResponseSchema } from './topics.ts';

const envelope = { id: '0b7f7f43-7c2c-4a1d-9f6e-3a0f5bb3d0aa', at: 1_760_297_791_517 };
const price = {
  ...envelope,
  asset: 'SOL_USDC',
  price: 195.825,
  timestamp: 1_760_297_791_517,
  bid: '195.82',
  ask: '195.83',
  status: 'live',
  source: 'backpack',
  sequence: 1,
};

describe('PriceUpdateSchema', () => {
  it('takes the message of the contract', () => assert.equal(PriceUpdateSchema.safeParse(price).success, true));

  const broken: Record<string, unknown> = {
    price: Number.NaN,
    bid: '1e3',
    ask: 195.83,
    status: 'fresh',
    source: 'rumour',
    sequence: -1,
    asset: 'sol',
    id: 'one',
    extra: true,
    timestamp: Date.UTC(10_000, 0),
  };
  for (const [key, value] of Object.entries(broken)) {
    it(`refuses ${key}: ${String(value)}`, () => {
      assert.equal(PriceUpdateSchema.safeParse({ ...price, [key]: value }).success, false);
    });
  }
});

describe('PriceUpdateSchema, of a quote', () => {
  const refused: Record<string, object> = {
    'a bid below zero': { bid: '-1' },
    'a bid of zero': { bid: '0' },
    'a bid above the ask': { bid: '195.84' },
  };
  for (const [what, fields] of Object.entries(refused)) {
    it(`refuses ${what}`, () => assert.equal(PriceUpdateSchema.safeParse({ ...price, ...fields }).success, false));
  }
  it('takes a bid that is the ask', () => {
    assert.equal(PriceUpdateSchema.safeParse({ ...price, bid: '195.83' }).success, true);
  });
});

describe('AuditEventSchema', () => {
  const event = { ...envelope, kind: 'signin-failed', subject: 'ada@example.com', addressBlock: '192.0.2.7' };

  it('takes no text that is stored as another one, and no second spelling of an id', () => {
    assert.equal(AuditEventSchema.safeParse(event).success, true);
    for (const fields of [{ subject: '\ud83d' }, { addressBlock: '\0' }, { id: event.id.toUpperCase() }]) {
      assert.equal(AuditEventSchema.safeParse({ ...event, ...fields }).success, false);
    }
  });
});

describe('UserRequestSchema', () => {
  const request = { ...envelope, requestId: envelope.id, replyTo: 'api-1', expiresAt: envelope.at };

  it('tells requests by type', () => {
    assert.equal(UserRequestSchema.safeParse({ ...request, type: 'check', data: { email: 'a@b.cd' } }).success, true);
    assert.equal(UserRequestSchema.safeParse({ ...request, type: 'check', data: {} }).success, false);
    assert.equal(UserRequestSchema.safeParse({ ...request, type: 'drop-table', data: {} }).success, false);
  });

  it('carries no open password', () => {
    const session = { sessionId: envelope.id, device: '', addressBlock: '127.0.0.1' };
    const auth = (password: string) => ({ ...request, type: 'auth', data: { email: 'a@b.cd', password, session } });
    assert.equal(UserRequestSchema.safeParse(auth('five green parrots')).success, false);
    assert.equal(UserRequestSchema.safeParse(auth('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn')).success, true);
  });
});

describe('UserResponseSchema', () => {
  it('names an error only when it failed', () => {
    const response = { ...envelope, requestId: envelope.id, data: {} };
    assert.equal(UserResponseSchema.safeParse({ ...response, success: true }).success, true);
    assert.equal(UserResponseSchema.safeParse({ ...response, success: false }).success, false);
    assert.equal(UserResponseSchema.safeParse({ ...response, success: false, error: 'busy' }).success, true);
    assert.equal(UserResponseSchema.safeParse({ ...response, success: true, error: 'busy' }).success, false);
  });
});
