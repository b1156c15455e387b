'use client';

import type { Mail } from '@repo/schemas';
import { Button, cx, Notice, Skeleton } from '@repo/ui';
import { useQuery } from '@tanstack/react-query';
import { CloudOff, Inbox } from 'lucide-react';
import { useState } from 'react';
import { browserApi } from '../settings/browser-api.ts';
import { MailTime } from './mail-time.tsx';
import { MailView } from './mail-view.tsx';

const REFRESH_MS = 2_000;

/** The mails that this installation would have sent, newest first. */
export function MailboxScreen() {
  const mails = useQuery({
    queryKey: ['mailbox'],
    queryFn: ({ signal }) => browserApi().mailbox({ signal }),
    refetchInterval: REFRESH_MS,
  });
  const [openedKey, setOpenedKey] = useState<string>();
  const list = mails.data ?? [];
  const opened = list.find((mail) => keyOf(mail) === openedKey);

  if (mails.data === undefined && mails.isError) {
    return (
      <Notice
        icon={CloudOff}
        tone="down"
        title="The mailbox could not be loaded"
        action={
          <Button variant="secondary" onClick={() => void mails.refetch()}>
            Try again
          </Button>
        }
      >
        The server does not answer. It is asked again every few seconds.
      </Notice>
    );
  }
  if (mails.data?.length === 0) {
    return (
      <Notice icon={Inbox} title="No mail yet">
        Codes and notices appear here by themselves as soon as somebody signs up.
      </Notice>
    );
  }
  return (
    <div className="grid md:grid-cols-[320px_minmax(0,1fr)]">
      <ul
        aria-label="Mails, newest first"
        aria-busy={mails.data === undefined}
        className={cx('divide-y divide-line md:border-r md:border-line', opened && 'max-md:hidden')}
      >
        {mails.data === undefined && [1, 2, 3].map((row) => <MailSkeleton key={row} />)}
        {list.map((mail) => (
          <li key={keyOf(mail)}>
            <button
              type="button"
              aria-current={mail === opened || undefined}
              onClick={() => setOpenedKey(keyOf(mail))}
              className={cx(
                'block w-full px-5 py-3 text-left focus-visible:-outline-offset-2',
                mail === opened ? 'bg-accent-tint' : 'hover:bg-raised',
              )}
            >
              <span className="flex items-baseline justify-between gap-3">
                <span className="truncate text-sm font-medium">{mail.subject}</span>
                <MailTime at={mail.at} className="shrink-0 text-xs text-muted" />
              </span>
              <span className="block truncate text-xs text-muted">To {mail.to}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className={cx('min-h-96', opened === undefined && 'max-md:hidden')}>
        {opened === undefined ? (
          <Notice icon={Inbox} title="Choose a mail" className="h-full" />
        ) : (
          <MailView key={keyOf(opened)} mail={opened} onBack={() => setOpenedKey(undefined)} />
        )}
      </div>
    </div>
  );
}

function keyOf(mail: Mail): string {
  return `${mail.at} ${mail.to} ${mail.subject} ${mail.text}`;
}

function MailSkeleton() {
  return (
    <li className="px-5 py-3.5">
      <Skeleton className="h-4 w-48" />
      <Skeleton className="mt-2 h-3 w-32" />
    </li>
  );
}
