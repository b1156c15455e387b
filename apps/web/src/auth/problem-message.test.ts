import { ApiError, NetworkError } from '@repo/client';
import { type ProblemCode, problemStatus } from '@repo/schemas';
import { describe, expect, test } from 'vitest';
import { isWeakness, problemMessage } from './problem-message.ts';

function refused(code: ProblemCode, details: object = {}): ApiError {
  return new ApiError({ type: 'about:blank', title: 'internal words', status: problemStatus[code], code, ...details });
}

describe('problemMessage', () => {
  test.each(Object.keys(problemStatus) as ProblemCode[])('says %s in a sentence for people', (code) => {
    const message = problemMessage(refused(code));
    expect(message).toMatch(/^[A-Z].*[.]$/);
    expect(message).not.toContain('internal words');
    expect(message).not.toContain(code);
  });

  test('counts the tries that are left', () => {
    expect(problemMessage(refused('code-incorrect', { attemptsLeft: 4 }))).toContain('4 tries left');
    expect(problemMessage(refused('code-incorrect', { attemptsLeft: 1 }))).toContain('1 try left');
  });

  test('says how long to wait', () => {
    expect(problemMessage(refused('too-many-requests', { retryAfterSeconds: 9 }))).toContain('in 9 s');
    expect(problemMessage(refused('code-exhausted', { retryAfterSeconds: 290 }))).toContain('in 5 min');
  });

  test('tells silence from a refused connection', () => {
    const silent = new NetworkError('', { timedOut: true, cause: undefined });
    const away = new NetworkError('', { timedOut: false, cause: undefined });
    expect(problemMessage(silent)).toContain('in time');
    expect(problemMessage(away)).toContain('cannot be reached');
  });

  test('gives away nothing of a bug', () => {
    expect(problemMessage(new TypeError('x is undefined'))).not.toContain('undefined');
  });
});

test('isWeakness knows the refusals of the password policy', () => {
  expect(isWeakness(refused('password-common'))).toBe(true);
  expect(isWeakness(refused('code-incorrect'))).toBe(false);
});
