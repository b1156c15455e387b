'use client';

import { useEffect, useState } from 'react';
import { wallClockMs } from './wall-clock.ts';

/** Whole seconds until `deadlineMs` (of `wallClockMs`), down to 0; `undefined` deadline counts as passed. */
export function useCountdown(deadlineMs: number | undefined): number {
  const [seconds, setSeconds] = useState(() => secondsUntil(deadlineMs));
  useEffect(() => {
    const tick = () => setSeconds(secondsUntil(deadlineMs));
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [deadlineMs]);
  return seconds;
}

function secondsUntil(deadlineMs: number | undefined): number {
  return deadlineMs === undefined ? 0 : Math.max(0, Math.ceil((deadlineMs - wallClockMs()) / 1000));
}

/** Seconds as minutes and seconds: `1:05`. */
export function formatCountdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
