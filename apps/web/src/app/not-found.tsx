import { buttonClass } from '@repo/ui';
import type { Metadata } from 'next';
import Link from 'next/link';
import { MessagePage } from '../shell/message-page.tsx';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFound() {
  return (
    <MessagePage
      title="There is nothing here"
      action={
        <Link href="/" className={buttonClass('primary')}>
          To the start
        </Link>
      }
    >
      The address may be mistyped, or the page has gone.
    </MessagePage>
  );
}
