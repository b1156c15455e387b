import { type CommandParser, defineScript } from 'redis';
import type { OtpConsumption } from '../port.ts';

// Each runs in one go on the server, so that no two clients interleave.

/** One try of a code; see `OtpStore.consume`. Counts first; both sides of the comparison are digests of one length. */
const consumeOtp = defineScript({
  NUMBER_OF_KEYS: 2,
  SCRIPT: `
local pending, tries = KEYS[1], KEYS[2]
local given, attemptsMax, windowMs = ARGV[1], tonumber(ARGV[2]), ARGV[3]
if tonumber(redis.call('GET', tries) or '0') >= attemptsMax then
  return {'exhausted', tostring(math.max(1, redis.call('PTTL', tries)))}
end
local count = redis.call('INCR', tries)
if count == 1 then redis.call('PEXPIRE', tries, windowMs) end

local kept = redis.call('GET', pending)
local otp = kept and cjson.decode(kept) or {}
local opens = type(otp.codeHash) == 'string'
local left, right = redis.sha1hex(opens and otp.codeHash or ''), redis.sha1hex(given)
local difference = 0
for index = 1, #left do difference = bit.bor(difference, bit.bxor(left:byte(index), right:byte(index))) end
if difference ~= 0 or not opens then return {'incorrect', tostring(attemptsMax - count)} end
redis.call('DEL', pending, tries)
return {'matched', kept}`,
  parseCommand(
    parser: CommandParser,
    keys: { readonly pending: string; readonly tries: string },
    codeHash: string,
    limits: { readonly attemptsMax: number; readonly attemptsWindowMs: number },
  ) {
    parser.pushKey(keys.pending);
    parser.pushKey(keys.tries);
    parser.push(codeHash, String(limits.attemptsMax), String(limits.attemptsWindowMs));
  },
  transformReply: ([outcome, detail]: [OtpConsumption['outcome'], string]) => ({ outcome, detail }),
});

/** Writes a value with its time unless the key holds the one that stays. */
const putUnless = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
if redis.call('GET', KEYS[1]) ~= ARGV[2] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3]) end`,
  parseCommand(parser: CommandParser, key: string, value: string, staying: string, ttlMs: number) {
    parser.pushKey(key);
    parser.push(value, staying, String(ttlMs));
  },
  transformReply: () => undefined,
});

/** How long a store that began empty says so: longer than any nonce is kept. */
const BEGAN_MS = 120_000;
// A store without the mark has lost what it knew, and began just now.
const markBeginning = `
if redis.call('SET', KEYS[1], '', 'NX') then redis.call('SET', KEYS[2], ARGV[1], 'PX', '${BEGAN_MS}') end`;

/** Notes when the store began to keep nonces, unless it has before. */
const beginNonces = defineScript({
  NUMBER_OF_KEYS: 2,
  SCRIPT: markBeginning,
  parseCommand(parser: CommandParser) {
    parser.pushKey('nonces-kept');
    parser.pushKey('nonces-began');
    parser.push(String(Date.now()));
  },
  transformReply: () => undefined,
});

/** Uses a nonce up; see `NonceStore.use`. */
const useNonce = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: `${markBeginning}
if tonumber(ARGV[2]) < tonumber(redis.call('GET', KEYS[2]) or '0') then return 'unknown' end
return redis.call('SET', KEYS[3], '', 'NX', 'PX', ARGV[3]) and 'first' or 'used'`,
  parseCommand(parser: CommandParser, key: string, madeAt: number, keepMs: number) {
    parser.pushKey('nonces-kept');
    parser.pushKey('nonces-began');
    parser.pushKey(key);
    parser.push(String(Date.now()), String(madeAt), String(keepMs));
  },
  transformReply: (outcome: 'first' | 'used' | 'unknown') => outcome,
});

/** Writes a price unless the kept one is as new. */
const putPrice = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
local kept = redis.call('GET', KEYS[1])
if not kept or cjson.decode(kept).sequence < tonumber(ARGV[2]) then redis.call('SET', KEYS[1], ARGV[1]) end`,
  parseCommand(parser: CommandParser, key: string, value: string, sequence: number) {
    parser.pushKey(key);
    parser.push(value, String(sequence));
  },
  transformReply: () => undefined,
});

/**
 * Takes points, or gives them back, never more than were taken. A window that is missing begins with what the caller
 * remembers of it. Answers the count and how long the window still is, ms.
 */
const takePoints = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3])
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count < 0 then count = redis.call('INCRBY', KEYS[1], -count) end
return {count, redis.call('PTTL', KEYS[1])}`,
  parseCommand(
    parser: CommandParser,
    key: string,
    points: number,
    remembered: { readonly count: number; readonly leftMs: number },
  ) {
    parser.pushKey(key);
    parser.push(String(points), String(remembered.count), String(Math.max(1, Math.round(remembered.leftMs))));
  },
  transformReply: ([count, leftMs]: [number, number]) => ({ count, leftMs }),
});

export const scripts = { consumeOtp, putUnless, beginNonces, useNonce, putPrice, takePoints };
