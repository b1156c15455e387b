import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { OtpField } from './otp-field.tsx';

afterEach(cleanup);

function Field({ onComplete, error }: { readonly onComplete: (code: string) => void; readonly error?: string }) {
  const [value, setValue] = useState('');
  return <OtpField label="Code" value={value} onChange={setValue} onComplete={onComplete} error={error} />;
}

const input = () => screen.getByLabelText<HTMLInputElement>('Code');

test('is one text field that phones can fill', () => {
  render(<Field onComplete={() => {}} />);
  expect(input().autocomplete).toBe('one-time-code');
  expect(input().inputMode).toBe('numeric');
});

test('completes with the sixth digit, once', () => {
  const complete = vi.fn();
  render(<Field onComplete={complete} />);
  fireEvent.change(input(), { target: { value: '12345' } });
  expect(complete).not.toHaveBeenCalled();
  fireEvent.change(input(), { target: { value: '123456' } });
  expect(complete.mock.calls).toEqual([['123456']]);
});

test('takes digits only', () => {
  render(<Field onComplete={() => {}} />);
  fireEvent.change(input(), { target: { value: '12a' } });
  expect(input().value).toBe('');
});

test('takes the code out of a pasted text', () => {
  const complete = vi.fn();
  render(<Field onComplete={complete} />);
  fireEvent.paste(input(), { clipboardData: { getData: () => ' 493 817\n' } });
  expect(input().value).toBe('493817');
});

test('says what is wrong to those who listen', () => {
  render(<Field onComplete={() => {}} error="Wrong code." />);
  expect(input().getAttribute('aria-invalid')).toBe('true');
  const note = document.getElementById(input().getAttribute('aria-describedby') ?? '');
  expect(note?.textContent).toBe('Wrong code.');
});

test('brings no style attribute in HTML from the server', () => {
  expect(renderToString(<Field onComplete={() => {}} />)).not.toContain('style=');
});
