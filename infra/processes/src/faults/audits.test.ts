import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PriceUpdate } from '@repo/schemas';
import { auditAccounts } from './audit-accounts.ts';
import { auditCalls } from './audit-calls.ts';
import { auditLoad } from './audit-load.ts';
import { auditMails } from './audit-mails.ts';
import { auditPrices } from './audit-prices.ts';
import { auditStore, type StoreRows } from './audit-store.ts';
import type { Call, CallContext, CallEnd, Operation } from './call.ts';
import type { FaultWindow } from './fault-window.ts';
import type { History } from './journal.ts';
import { auditSettled } from './settle.ts';

const EMAIL = 'ada@example.com';
const SESSION = 'session-1';
const context = { client: 'client-1', email: EMAIL } as const;

/** Requests one after the other, each taking 1 ms of its 10. */
function callsOf(...asked: readonly [Operation, CallEnd | number, Partial<CallContext & Call>?][]): Call[] {
  return asked.map(([operation, end, more], index) => ({
    id: index + 1,
    instance: 'api-server-1',
    operation,
    ...context,
    begunAtMs: 1_000 + index * 10,
    endedAtMs: 1_001 + index * 10,
    end: typeof end === 'number' ? { outcome: 'ok', status: end } : end,
    ...more,
  }));
}
const no = (status: number, code: string): CallEnd => ({ outcome: 'fail', status, code });
const lost: CallEnd = { outcome: 'unknown', reason: 'fetch failed' };
const started = (status: number): CallEnd => ({ outcome: 'ok', status, started: SESSION });

const window = (facts: Partial<FaultWindow>): FaultWindow => ({
  fault: 'something',
  away: [],
  disturbs: [],
  breaks: [],
  ends: [],
  losesCache: false,
  begunAtMs: 0,
  inEffectAtMs: 0,
  healingAtMs: 1_000_000,
  recoveredAtMs: 1_000_000,
  ...facts,
});
const history = (calls: readonly Call[], facts: Partial<History> = {}): History => ({
  calls,
  windows: [],
  ends: [],
  ...facts,
});

/** A life without a fault. */
const life = callsOf(
  ['signup', 202],
  ['verify-otp', started(201)],
  ['me', 200, { session: SESSION }],
  ['refresh', started(200), { session: SESSION }],
  ['logout', 204, { session: SESSION }],
  ['me', no(401, 'session-required'), { session: SESSION }],
);

describe('the audit of requests', () => {
  const audit = (calls: readonly Call[], facts: Partial<History> = {}) => auditCalls(history(calls, facts));

  it('finds nothing in a life without a fault', () => assert.deepEqual(audit(life), []));

  it('finds a yes that needed what was away', () => {
    assert.match(audit(life, { windows: [window({ away: ['user-store'] })] }).join(), /202 ok.* away: user-store/);
    assert.match(audit(life, { windows: [window({ away: ['cache'] })] }).join(), /request 3 \(me/);
    const before = [window({ away: ['log', 'cache'], inEffectAtMs: 2_000 })];
    assert.deepEqual(audit(life, { windows: before }), [], 'what began before may have used it');
    const after = [window({ away: ['log', 'cache'], healingAtMs: 999 })];
    assert.deepEqual(audit(life, { windows: after }), [], 'so may what ended after');
  });

  it('finds a failure with no fault to blame, or at an api-server that none concerned', () => {
    const refused = callsOf(['signup', no(503, 'service-unavailable')]);
    assert.equal(audit(refused).length, 1);
    assert.equal(audit(refused, { windows: [window({ breaks: ['api-server-2'] })] }).length, 1);
    assert.equal(audit(refused, { windows: [window({ breaks: ['api-server-1'] })] }).length, 0);
    assert.equal(audit(refused, { windows: [window({ disturbs: ['database'] })] }).length, 1);
    assert.equal(audit(refused, { windows: [window({ disturbs: ['user-store'] })] }).length, 0);
    assert.equal(audit(refused, { windows: [window({ disturbs: ['user-store'], recoveredAtMs: 999 })] }).length, 1);
  });

  it('finds a request without an answer where no connection broke', () => {
    const hung = callsOf(['signup', lost]);
    assert.equal(audit(hung, { windows: [window({ disturbs: ['user-store'] })] }).length, 1);
    assert.equal(audit(hung, { windows: [window({ breaks: ['api-server-1'] })] }).length, 0);
  });

  it('finds answers that are none, whatever is away', () => {
    const windows = [window({ disturbs: ['cache', 'database'], breaks: ['api-server-1'] })];
    const bad = [no(500, 'internal-error'), no(404, 'not-found'), { outcome: 'fail', status: 502, reason: 'oops' }];
    for (const end of bad as CallEnd[]) assert.equal(audit(callsOf(['me', end]), { windows }).length, 1);
  });

  it('finds prices called live that nobody confirms any more', () => {
    const live = (begunAtMs: number) =>
      callsOf(['prices', { outcome: 'ok', status: 200, live: ['SOL_USDC'] }, { begunAtMs, endedAtMs: begunAtMs + 1 }]);
    const windows = [window({ away: ['feed'] })];
    assert.equal(audit(live(10_000), { windows }).length, 0);
    assert.match(audit(live(20_000), { windows }).join(), /calls SOL_USDC live/);
  });

  it('finds a process that ended by itself', () => {
    const ends = [{ process: 'poller-1', sentence: 'poller-1 ended (70)', atMs: 5 }];
    assert.equal(audit([], { ends }).length, 1);
    assert.equal(audit([], { ends, windows: [window({ ends: ['poller-2'] })] }).length, 1);
    assert.equal(audit([], { ends, windows: [window({ ends: ['poller-1'] })] }).length, 0);
  });
});

describe('the audit of accounts', () => {
  const audit = (calls: readonly Call[], facts: Partial<History> = {}) => auditAccounts(history(calls, facts), 2);
  const flush = [window({ losesCache: true })];

  it('finds nothing in a life without a fault', () => assert.deepEqual(audit(life), []));

  it('finds a sixth wrong code, five more after a flush, and a wrong code that was right', () => {
    const guesses = (count: number) =>
      callsOf(...Array(count).fill(['verify-otp', no(401, 'code-incorrect'), { guess: 'code', wrong: true }]));
    assert.equal(audit(guesses(5)).length, 0);
    assert.match(audit(guesses(6)).join(), /6 wrong codes were compared, and 5 is the most/);
    assert.equal(audit(guesses(10), { windows: flush }).length, 0);
    assert.equal(audit(guesses(11), { windows: flush }).length, 1);
    assert.equal(audit(callsOf(['verify-otp', 201, { guess: 'code', wrong: true }])).length, 1);
  });

  it('finds mails beyond the limits, which each api-server keeps without the cache', () => {
    const apart = (count: number, gapMs: number) =>
      callsOf(...Array(count).fill(['resend-otp', 202])).map((call, index) => ({
        ...call,
        begunAtMs: index * gapMs,
        endedAtMs: index * gapMs + 1,
      }));
    assert.match(audit(apart(4, 1)).join(), /3 a minute is the most/);
    assert.deepEqual(audit(apart(5, 61_000)), []);
    assert.match(audit(apart(6, 61_000)).join(), /5 an hour is the most/);
    assert.equal(audit(apart(10, 61_000), { windows: flush }).length, 0);
    assert.equal(audit(apart(11, 61_000), { windows: flush }).length, 1);
  });

  it('finds the only code refused', () => {
    const refused = callsOf(['signup', 202], ['verify-otp', no(401, 'code-incorrect')]);
    assert.equal(audit(refused).length, 1);
    assert.equal(audit(refused, { windows: flush }).length, 0);
    const twice = callsOf(['signup', lost], ['signup', 202], ['verify-otp', no(401, 'code-incorrect')]);
    assert.equal(audit(twice).length, 0, 'the code of the other mail');
  });

  it('finds a member refused at the door', () => {
    const refused = callsOf(['verify-otp', started(201)], ['signin', no(401, 'credentials-incorrect')]);
    assert.equal(audit(refused).length, 1);
    assert.equal(audit(refused.slice(1)).length, 0);
  });

  it('finds the right password taken after ten wrong ones', () => {
    const guesses = (count: number) =>
      callsOf(...Array(count).fill(['signin', no(401, 'credentials-incorrect'), { guess: 'password', wrong: true }]), [
        'signin',
        200,
        { guess: 'password' },
      ]);
    assert.equal(audit(guesses(9)).length, 0);
    assert.match(audit(guesses(10)).join(), /after 10 wrong passwords/);
    assert.equal(audit(guesses(10), { windows: flush }).length, 0);
  });

  it('finds a session that ended by itself, and one that outlived its end', () => {
    const use = (end: CallEnd | number): [Operation, CallEnd | number, object] => ['me', end, { session: SESSION }];
    const over = no(401, 'session-required');
    assert.match(audit(callsOf(['verify-otp', started(201)], use(over))).join(), /nobody ended/);
    const out: [Operation, CallEnd | number, object] = ['logout', 204, { session: SESSION }];
    assert.match(audit(callsOf(['verify-otp', started(201)], out, use(200))).join(), /was signed out/);
    const unsure: [Operation, CallEnd, object] = ['logout', lost, { session: SESSION }];
    for (const end of [200, over]) assert.deepEqual(audit(callsOf(['verify-otp', started(201)], unsure, use(end))), []);
  });
});

describe('the audit of the store', () => {
  const rows: StoreRows = {
    users: [{ id: 'user-1', email: EMAIL }],
    sessions: [{ id: SESSION, userId: 'user-1', generation: 1, endedAt: new Date(), endReason: 'signed-out' }],
    processedRequests: [{ response: { success: true, data: { sessionId: SESSION, user: { userId: 'user-1' } } } }],
    auditEvents: ['user-created', 'session-refreshed', 'session-ended'].map((kind) => ({
      kind,
      subject: EMAIL,
      data: { sessionId: SESSION },
    })),
  };
  const without = (kind: string) => rows.auditEvents.filter((event) => event.kind !== kind);

  it('finds nothing where everything agrees', () => assert.deepEqual(auditStore(rows, life), []));

  const [user] = rows.users;
  const [session] = rows.sessions;
  const tamperings: Readonly<Record<string, Partial<StoreRows>>> = {
    'a user lost': { users: [] },
    'two users of one address': { users: [...rows.users, { id: 'user-2', email: EMAIL.toUpperCase() }] },
    'a user that nobody asked for': { users: [...rows.users, { id: 'user-2', email: 'eve@example.com' }] },
    'a user created twice': { auditEvents: [...rows.auditEvents, ...rows.auditEvents.slice(0, 1)] },
    'a user created without a word': { auditEvents: without('user-created') },
    'a session lost': { sessions: [] },
    "somebody else's session": { sessions: [{ ...session, userId: 'user-2' }] as StoreRows['sessions'] },
    'a session without an answer': { processedRequests: [] },
    'a session answered twice': { processedRequests: [...rows.processedRequests, ...rows.processedRequests] },
    'a sign-out forgotten': { sessions: [{ ...session, endedAt: null, endReason: null }] as StoreRows['sessions'] },
    'a sign-out without a word': { auditEvents: without('session-ended') },
    'a refresh lost': {
      sessions: [{ ...session, generation: 0 }] as StoreRows['sessions'],
      auditEvents: without('session-refreshed'),
    },
    'a refresh without a word': { auditEvents: without('session-refreshed') },
  };
  for (const [what, changes] of Object.entries(tamperings)) {
    it(`finds ${what}`, () => assert.ok(user && auditStore({ ...rows, ...changes }, life).length > 0));
  }
});

describe('the audit after everything', () => {
  const journal = { calls: life };
  const settled = (members: readonly string[], strangers: readonly string[], users: readonly string[]) =>
    auditSettled(
      { members: new Set(members), strangers: new Set(strangers) },
      journal,
      users.map((email) => ({ email })),
    );

  it('knows who must be able to sign in, and who must not', () => {
    assert.deepEqual(settled([EMAIL], [], [EMAIL]), []);
    assert.equal(settled([], [], [EMAIL]).length, 1, 'signed up and cannot sign in');
    assert.equal(settled([EMAIL], [], []).length, 1, 'signs in and is no user');
    assert.equal(settled([EMAIL], ['bob@example.com'], [EMAIL, 'bob@example.com']).length, 1);
    assert.equal(settled([EMAIL], ['bob@example.com'], [EMAIL]).length, 0);
  });
});

describe('the audit of mails', () => {
  const mails = (codes: readonly string[]) => ({ codes: () => codes, missed: false });

  it('finds more codes than were asked for', async () => {
    assert.deepEqual(await auditMails(history(life), mails(['1']), 2), []);
    assert.equal((await auditMails(history(life), mails(['1', '2']), 2)).length, 1);
  });

  it('finds a code that never came, unless its api-server was killed', async () => {
    const killed = window({ ends: ['api-server-1'], begunAtMs: 5_000 });
    assert.deepEqual(await auditMails(history(life, { windows: [killed] }), mails([]), 2), []);
    assert.equal((await auditMails(history(life), mails([]), 2, 0)).length, 1);
  });

  it('says when it has not seen all', async () => {
    assert.equal((await auditMails(history(life), { codes: () => ['1'], missed: true }, 2)).length, 1);
  });
});

describe('the audit of prices', () => {
  const update = (sequence: number, id = String(sequence)) => ({ asset: 'SOL_USDC', sequence, id }) as PriceUpdate;
  const term = (start: number) => [0, 1, 2].map((count) => update(start + count));

  it('takes terms one after the other, gaps within one, and a message sent again', () => {
    assert.deepEqual(auditPrices([...term(1_000_000), ...term(1_000_400), ...term(9_000_000)], 2), []);
    assert.deepEqual(auditPrices([update(1), update(2), update(2), update(3)], 1), []);
  });

  it('finds two pollers that publish at once, and one without a lease', () => {
    const [one, other] = [term(1_000_000), term(9_000_000)];
    const mixed = one.flatMap((mine, index) => [mine, other[index] as PriceUpdate]);
    assert.ok(auditPrices(mixed, 5).length > 0);
    assert.match(auditPrices([...one, ...other], 1).join(), /2 pollers published, and the lease was given 1 times/);
  });

  it('finds a number that is given twice', () => {
    assert.equal(auditPrices([update(1), update(1, 'another')], 1).length, 1);
  });
});

it('finds a load too little to audit', () => {
  assert.ok(auditLoad(life).length > 0);
  assert.ok(auditLoad([]).length > auditLoad(life).length);
});
