import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { Change, directionOf } from './change.tsx';
import { Price } from './price.tsx';

afterEach(cleanup);

describe('Price', () => {
  test('reads as one number however its digits are sized', () => {
    const { container } = render(<Price value={195.825} locale="en-US" decimals={2} fineDigits={1} size="big" />);
    expect(container.textContent).toBe('195.825');
    expect([...container.querySelectorAll('span > span')].map((part) => part.textContent)).toEqual(['195.', '82', '5']);
  });
});

describe('Change', () => {
  test('says direction by arrow, sign and colour', () => {
    const { container, rerender } = render(<Change from={200} to={201} locale="en-US" decimals={2} />);
    expect(container.textContent).toBe('▲+1.00+0.50%');
    expect(container.firstElementChild?.className).toContain('text-up');
    rerender(<Change from={200} to={199} locale="en-US" decimals={2} />);
    expect(container.textContent).toBe('▼−1.00−0.50%');
    expect(container.firstElementChild?.className).toContain('text-down');
  });
  test('shows no colour for a price that is not to be trusted', () => {
    const { container } = render(<Change from={200} to={201} locale="en-US" decimals={2} dimmed />);
    expect(container.firstElementChild?.className).not.toContain('text-up');
  });
  test('has no direction below the digits that are shown', () => {
    expect(directionOf(0.004, 2)).toBe('none');
    expect(directionOf(0.006, 2)).toBe('up');
    expect(directionOf(-0.006, 2)).toBe('down');
  });
});
