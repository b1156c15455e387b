import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { formatCountdown, useCountdown } from './use-countdown.ts';
import { wallClockMs } from './wall-clock.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('counts whole seconds down to zero and stays there', () => {
  const { result } = renderHook(({ deadline }) => useCountdown(deadline), {
    initialProps: { deadline: wallClockMs() + 2_500 },
  });
  expect(result.current).toBe(3);
  act(() => void vi.advanceTimersByTime(1_000));
  expect(result.current).toBe(2);
  act(() => void vi.advanceTimersByTime(10_000));
  expect(result.current).toBe(0);
});

test('follows a new deadline', () => {
  const { result, rerender } = renderHook(({ deadline }) => useCountdown(deadline), {
    initialProps: { deadline: wallClockMs() },
  });
  expect(result.current).toBe(0);
  rerender({ deadline: wallClockMs() + 60_000 });
  expect(result.current).toBe(60);
});

test.each([
  [0, '0:00'],
  [9, '0:09'],
  [65, '1:05'],
  [600, '10:00'],
])('%i s reads %s', (seconds, text) => {
  expect(formatCountdown(seconds)).toBe(text);
});
