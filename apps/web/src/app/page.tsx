import { buttonClass } from '@repo/ui';
import { Blocks, CandlestickChart, Lock } from 'lucide-react';
import Link from 'next/link';
import { PriceStrip } from '../landing/price-strip.tsx';
import { loadMarkets } from '../prices/load-markets.ts';
import { readSession } from '../session/read-session.ts';
import { ThemeButton } from '../shell/theme-button.tsx';
import { Wordmark } from '../shell/wordmark.tsx';

const POINTS = [
  {
    icon: CandlestickChart,
    title: 'Prices you can check',
    text: 'Bid, ask and spread of every quote, milliseconds after the source sent it. Old and simulated prices say so.',
  },
  {
    icon: Blocks,
    title: 'Yours to run',
    text: 'One command on a laptop, the same code on a cluster. No third party between you and your traders.',
  },
  {
    icon: Lock,
    title: 'Safe from the first line',
    text: 'Argon2id, one-time codes, rotating sessions, no token within reach of a script. Each attack is a test.',
  },
];

export default async function LandingPage() {
  const [session, markets] = await Promise.all([readSession(), loadMarkets()]);
  const signedIn = session.state !== 'none';
  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col px-4 sm:px-8">
      <header className="flex items-center justify-between py-3">
        <Wordmark />
        <nav aria-label="Account" className="flex items-center gap-1 sm:gap-2">
          <ThemeButton />
          {!signedIn && (
            <Link href="/sign-in" className={buttonClass('ghost')}>
              Sign in
            </Link>
          )}
          <Link href={signedIn ? '/dashboard' : '/sign-up'} className={buttonClass('primary')}>
            {signedIn ? 'Open dashboard' : 'Sign up'}
          </Link>
        </nav>
      </header>
      <main className="flex flex-1 flex-col">
        <div className="pt-16 pb-14 sm:pt-24 sm:pb-20">
          <h1 className="max-w-3xl text-[40px]/[44px] font-semibold tracking-[-0.03em] text-balance sm:text-[64px]/[66px]">
            The brokerage you run yourself.
          </h1>
          <p className="mt-6 max-w-xl text-lg text-balance text-muted">
            CFD-Broker is a self-hosted brokerage for contracts for difference. Watch every quote live, on machines that
            are yours.
          </p>
          <div className="mt-8 flex flex-wrap gap-3">
            <Link href={signedIn ? '/dashboard' : '/sign-up'} className={buttonClass('primary', 'large')}>
              {signedIn ? 'Open dashboard' : 'Create an account'}
            </Link>
            {!signedIn && (
              <Link href="/sign-in" className={buttonClass('secondary', 'large')}>
                Sign in
              </Link>
            )}
          </div>
        </div>
        <PriceStrip {...markets} />
        <ul className="grid gap-8 py-16 sm:grid-cols-3 sm:gap-10">
          {POINTS.map(({ icon: Icon, title, text }) => (
            <li key={title}>
              <Icon aria-hidden="true" className="size-5 text-accent" />
              <h2 className="mt-3 text-base font-semibold">{title}</h2>
              <p className="mt-1 text-sm text-muted">{text}</p>
            </li>
          ))}
        </ul>
      </main>
      <footer className="border-t border-line py-6 text-xs text-faint">
        <p className="max-w-3xl">
          Contracts for difference are complex and, because of leverage, carry a high risk of losing money quickly.
          Prices here are for watching; nothing on this page is an offer or advice.
        </p>
      </footer>
    </div>
  );
}
