import type { ReactNode } from 'react';
import { Wordmark } from './wordmark.tsx';

export interface MessagePageProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly action: ReactNode;
}

/** A page that has one thing to say. */
export function MessagePage({ title, children, action }: MessagePageProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="px-4 py-2 sm:px-6">
        <Wordmark />
      </header>
      <main className="flex flex-1 flex-col items-center justify-center px-6 pb-32 text-center">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        <p className="mt-2 mb-6 max-w-sm text-base text-balance text-muted">{children}</p>
        {action}
      </main>
    </div>
  );
}
