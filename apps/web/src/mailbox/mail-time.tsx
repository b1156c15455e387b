'use client';

import { useSettings } from '../settings/settings-provider.tsx';

export function MailTime({ at, className }: { readonly at: number; readonly className?: string }) {
  const { locale } = useSettings();
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
  return (
    <time dateTime={new Date(at).toISOString()} className={className}>
      {time}
    </time>
  );
}
