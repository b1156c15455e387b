import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Desk } from '../../desk/desk.tsx';
import { loadMarkets } from '../../prices/load-markets.ts';
import { readSession } from '../../session/read-session.ts';

export const metadata: Metadata = { title: 'Dashboard' };

export default async function DashboardPage() {
  const [session, markets] = await Promise.all([readSession(), loadMarkets()]);
  if (session.state === 'none') redirect('/sign-in');
  return <Desk user={session.state === 'signed-in' ? session.user : undefined} {...markets} />;
}
