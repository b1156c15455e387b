import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SettingsProvider } from '../settings/settings-provider.tsx';
import { wallClockMs } from '../shell/wall-clock.ts';
import { loadPendingSignUp, savePendingSignUp } from './pending-sign-up.ts';
import { VerifyForm } from './verify-form.tsx';

const replace = vi.fn();
vi.mock('next/navigation', () => ({ useRouter: () => ({ replace, push: vi.fn() }) }));
vi.mock('next/link', () => ({ default: ({ children }: { children: ReactNode }) => <a href="/">{children}</a> }));

const settings = { apiUrl: 'http://api.test', wsUrl: 'ws://api.test', profile: 'standalone', locale: 'en-US' } as const;
const answers: [status: number, body: unknown][] = [];
const requests: { url: string; body: unknown }[] = [];

beforeEach(() => {
  replace.mockClear();
  answers.length = 0;
  requests.length = 0;
  document.head.innerHTML = `<meta name="settings" content='${JSON.stringify(settings)}'>`;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    requests.push({ url, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined });
    if (url === '/session-hint') return new Response(null, { status: 204 });
    const [status, body] = answers.shift() ?? [500, {}];
    return Response.json(body, { status });
  });
});
afterEach(() => {
  cleanup();
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

function renderForm(times: { expiresInSeconds: number; resendAfterSeconds: number }) {
  const pending = savePendingSignUp('ada@example.com', times);
  const onSent = vi.fn();
  render(
    <SettingsProvider settings={settings} nonce={undefined}>
      <VerifyForm pending={pending} onSent={onSent} />
    </SettingsProvider>,
  );
  return {
    onSent,
    type: (code: string) => fireEvent.change(screen.getByLabelText('Code'), { target: { value: code } }),
  };
}

function problem(code: string, status: number, details: object = {}): [number, unknown] {
  return [status, { type: 'about:blank', title: code, status, code, ...details }];
}

const session = { user: { id: '1', email: 'ada@example.com', createdAt: 1 }, accessExpiresAt: 2 };

describe('VerifyForm', () => {
  test('sends the code with its sixth digit and goes to the dashboard', async () => {
    answers.push([201, session]);
    const { type } = renderForm({ expiresInSeconds: 300, resendAfterSeconds: 60 });
    type('493817');
    await waitFor(() => expect(replace).toHaveBeenCalledWith('/dashboard'));
    expect(requests[0]).toEqual({
      url: 'http://api.test/api/v1/verify-otp',
      body: { email: 'ada@example.com', otp: '493817' },
    });
    expect(loadPendingSignUp()).toBeUndefined();
  });

  test('says how many tries are left, empties the field and keeps the focus there', async () => {
    answers.push(problem('code-incorrect', 401, { attemptsLeft: 3 }));
    const { type } = renderForm({ expiresInSeconds: 300, resendAfterSeconds: 60 });
    type('000000');
    await screen.findByText(/3 tries left/);
    const field = screen.getByLabelText<HTMLInputElement>('Code');
    expect(field.value).toBe('');
    expect(document.activeElement).toBe(field);
    expect(replace).not.toHaveBeenCalled();
  });

  test('asks for all digits before it sends any', () => {
    const { type } = renderForm({ expiresInSeconds: 300, resendAfterSeconds: 60 });
    type('49');
    fireEvent.click(screen.getByRole('button', { name: 'Continue' }));
    expect(screen.getByText('Enter all six digits.')).toBeTruthy();
    expect(requests).toEqual([]);
  });

  test('lets another code be asked for when its time has come', async () => {
    answers.push([202, { status: 'code-sent', expiresInSeconds: 300, resendAfterSeconds: 60 }]);
    const { onSent } = renderForm({ expiresInSeconds: 300, resendAfterSeconds: 0 });
    fireEvent.click(screen.getByRole('button', { name: 'Send a new code' }));
    await waitFor(() => expect(onSent).toHaveBeenCalledTimes(1));
    expect(onSent.mock.lastCall?.[0].resendAtMs).toBeGreaterThan(wallClockMs() + 55_000);
    expect(screen.getByRole('status').textContent).toBe('A new code is on its way.');
  });

  test('offers no resend before that', () => {
    renderForm({ expiresInSeconds: 300, resendAfterSeconds: 60 });
    expect(screen.queryByRole('button', { name: 'Send a new code' })).toBeNull();
    expect(screen.getByText(/^New code in (1:00|0:59)$/)).toBeTruthy();
  });

  test('says when the code has died', () => {
    renderForm({ expiresInSeconds: 0, resendAfterSeconds: 0 });
    expect(screen.getByText('The code has expired. Ask for a new one.')).toBeTruthy();
  });
});
