import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FLASH_MS, useFlash } from './use-flash.ts';

function Cell({ value }: { readonly value: number }) {
  return <span ref={useFlash<HTMLSpanElement>(value)}>{value}</span>;
}

const animate = vi.fn();
let reducedMotion = false;

beforeEach(() => {
  animate.mockClear();
  reducedMotion = false;
  HTMLElement.prototype.animate = animate;
  vi.stubGlobal('matchMedia', () => ({ matches: reducedMotion }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('tints the cell by the direction of the price, for 150 ms', () => {
  const { rerender } = render(<Cell value={1} />);
  expect(animate).not.toHaveBeenCalled();
  rerender(<Cell value={2} />);
  expect(animate.mock.lastCall?.[0][0].backgroundColor).toBe('var(--up-tint)');
  expect(animate.mock.lastCall?.[1].duration).toBe(FLASH_MS);
  rerender(<Cell value={1.5} />);
  expect(animate.mock.lastCall?.[0][0].backgroundColor).toBe('var(--down-tint)');
});

test('does nothing when the price stands', () => {
  const { rerender } = render(<Cell value={1} />);
  rerender(<Cell value={1} />);
  expect(animate).not.toHaveBeenCalled();
});

test('does nothing when motion is to be reduced', () => {
  reducedMotion = true;
  const { rerender } = render(<Cell value={1} />);
  rerender(<Cell value={2} />);
  expect(animate).not.toHaveBeenCalled();
});
