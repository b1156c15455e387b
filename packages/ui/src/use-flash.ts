'use client';

import { type RefObject, useEffect, useRef } from 'react';

/** Length of a price flash, ms. */
export const FLASH_MS = 150;

/**
 * Tints an element for a moment when `value` rises or falls. Nothing moves, nothing re-renders; nothing happens when
 * motion is to be reduced.
 */
export function useFlash<T extends HTMLElement>(value: number): RefObject<T | null> {
  const element = useRef<T>(null);
  const previous = useRef(value);
  useEffect(() => {
    const before = previous.current;
    previous.current = value;
    if (value === before || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const tint = value > before ? 'var(--up-tint)' : 'var(--down-tint)';
    element.current?.animate([{ backgroundColor: tint }, { backgroundColor: 'transparent' }], {
      duration: FLASH_MS,
      easing: 'ease-in',
    });
  }, [value]);
  return element;
}
