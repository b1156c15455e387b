import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMessage } from './parse-message.ts';

describe('parseMessage', () => {
  it('gives a reason that can be logged, however many faults there are', () => {
    const fields = Array.from({ length: 10_000 }, (_, index) => `"field${index}":0`);
    const parsed = parseMessage('audit-events', `{${fields.join(',')}}`);
    assert.ok(!parsed.success);
    assert.ok(parsed.reason.length <= 1_000, `${parsed.reason.length} characters`);
    assert.match(parsed.reason, /Unrecognized keys: "field0", "field1"|at id/);
  });

  it('does not quote what is not JSON', () => {
    assert.deepEqual(parseMessage('user-requests', 'hunter2'), { success: false, reason: 'not JSON' });
  });
});
