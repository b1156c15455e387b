import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { AuthCard } from '../../../auth/auth-card.tsx';
import { SignInForm } from '../../../auth/sign-in-form.tsx';
import { readSession } from '../../../session/read-session.ts';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const [session, { ended }] = await Promise.all([readSession(), searchParams]);
  if (session.state === 'signed-in') redirect('/dashboard');
  return (
    <AuthCard
      title="Sign in"
      intro={ended === undefined ? 'Good to see you again.' : 'Your session has ended. Sign in to go on.'}
      footer={
        <>
          New here?{' '}
          <Link href="/sign-up" className="font-medium text-accent hover:text-accent-strong">
            Create an account
          </Link>
        </>
      }
    >
      <SignInForm />
    </AuthCard>
  );
}
