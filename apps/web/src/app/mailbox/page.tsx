import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { MailboxScreen } from '../../mailbox/mailbox-screen.tsx';
import { requestSettings } from '../../settings/server-settings.ts';
import { ThemeButton } from '../../shell/theme-button.tsx';
import { Wordmark } from '../../shell/wordmark.tsx';

export const metadata: Metadata = { title: 'Mailbox' };

export default async function MailboxPage() {
  const { settings } = await requestSettings();
  if (settings.profile !== 'standalone') notFound();
  return (
    <div className="mx-auto min-h-dvh max-w-5xl">
      <header className="flex items-center justify-between px-4 py-2 sm:px-6">
        <Wordmark />
        <ThemeButton />
      </header>
      <main className="px-4 pt-4 pb-16 sm:px-6">
        <h1 className="text-xl font-semibold tracking-tight">Mailbox</h1>
        <p className="mt-1 mb-6 text-sm text-muted">
          This installation runs standalone: its mails are kept here instead of being sent.
        </p>
        <div className="overflow-hidden rounded-2xl border border-line bg-surface shadow-panel">
          <MailboxScreen />
        </div>
      </main>
    </div>
  );
}
