import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Button } from './button.tsx';
import { LengthMeter } from './length-meter.tsx';
import { PasswordField } from './password-field.tsx';
import { SegmentedControl } from './segmented-control.tsx';
import { TextField } from './text-field.tsx';

afterEach(cleanup);

describe('TextField', () => {
  test('ties label, field and error together', () => {
    render(<TextField label="E-mail address" error="Enter an address." hint="A hint" />);
    const field = screen.getByLabelText('E-mail address');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const note = document.getElementById(field.getAttribute('aria-describedby') ?? '');
    expect(note?.textContent).toBe('Enter an address.');
  });
});

describe('PasswordField', () => {
  test('shows and hides what was typed', () => {
    render(<PasswordField label="Password" />);
    const field = screen.getByLabelText<HTMLInputElement>('Password');
    const toggle = screen.getByRole('button', { name: 'Show password' });
    expect(field.type).toBe('password');
    fireEvent.click(toggle);
    expect(field.type).toBe('text');
    expect(toggle.getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(toggle);
    expect(field.type).toBe('password');
  });
});

describe('LengthMeter', () => {
  test('counts up to enough and then is content', () => {
    const { container, rerender } = render(<LengthMeter length={5} lengthMin={12} />);
    expect(container.textContent).toBe('5 of 12 characters');
    rerender(<LengthMeter length={12} lengthMin={12} />);
    expect(container.textContent).toBe('Long enough');
  });
});

describe('Button', () => {
  test('does nothing while its work is under way, and keeps the focus', () => {
    const press = vi.fn();
    render(
      <Button pending onClick={press}>
        Save
      </Button>,
    );
    const button = screen.getByRole('button', { name: 'Save' });
    button.focus();
    fireEvent.click(button);
    expect(press).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(button);
    expect(button.getAttribute('aria-busy')).toBe('true');
  });
  test('submits no form twice', () => {
    const submit = vi.fn((event: React.FormEvent) => event.preventDefault());
    const form = (pending: boolean) => (
      <form onSubmit={submit}>
        <Button type="submit" pending={pending}>
          Send
        </Button>
      </form>
    );
    const { rerender } = render(form(false));
    fireEvent.click(screen.getByRole('button'));
    rerender(form(true));
    fireEvent.click(screen.getByRole('button'));
    expect(submit).toHaveBeenCalledTimes(1);
  });
});

describe('SegmentedControl', () => {
  test('is a named group of radios', () => {
    const change = vi.fn();
    const options = [
      { value: '1m', label: '1m', title: '1 minute' },
      { value: '1h', label: '1h', title: '1 hour' },
    ];
    render(<SegmentedControl label="Interval" options={options} value="1m" onChange={change} />);
    expect(screen.getByRole<HTMLInputElement>('radio', { name: '1 minute' }).checked).toBe(true);
    expect(screen.getByRole('group', { name: 'Interval' })).toBeTruthy();
    fireEvent.click(screen.getByRole('radio', { name: '1 hour' }));
    expect(change).toHaveBeenCalledWith('1h');
  });
});
