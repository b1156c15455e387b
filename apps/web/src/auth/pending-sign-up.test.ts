import { afterEach, expect, test } from 'vitest';
import { clearPendingSignUp, loadPendingSignUp, savePendingSignUp } from './pending-sign-up.ts';

afterEach(() => sessionStorage.clear());

test('survives a reload and is gone once done', () => {
  const saved = savePendingSignUp('ada@example.com', { expiresInSeconds: 300, resendAfterSeconds: 60 });
  expect(loadPendingSignUp()).toEqual(saved);
  expect(saved.expiresAtMs - saved.resendAtMs).toBe(240_000);
  clearPendingSignUp();
  expect(loadPendingSignUp()).toBeUndefined();
});

test.each(['', 'null', '{', '{"email":1}', '[]'])('takes %j in the storage for nothing', (text) => {
  sessionStorage.setItem('pending-sign-up', text);
  expect(loadPendingSignUp()).toBeUndefined();
});
