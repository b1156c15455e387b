'use client';

import { Button } from '@repo/ui';
import { MessagePage } from '../shell/message-page.tsx';

export default function ErrorPage({ retry }: { readonly retry: () => void }) {
  return (
    <MessagePage title="This page broke" action={<Button onClick={retry}>Try again</Button>}>
      The fault is on our side. Nothing that you entered was carried out twice.
    </MessagePage>
  );
}
