import type { Metadata } from 'next';
import Link from 'next/link';
import { AuthCard } from '../../../auth/auth-card.tsx';
import { SignUpForm } from '../../../auth/sign-up-form.tsx';

export const metadata: Metadata = { title: 'Sign up' };

export default function SignUpPage() {
  return (
    <AuthCard
      title="Create your account"
      intro="We send a code to your address; enter it and you are in."
      footer={
        <>
          Already have an account?{' '}
          <Link href="/sign-in" className="font-medium text-accent hover:text-accent-strong">
            Sign in
          </Link>
        </>
      }
    >
      <SignUpForm />
    </AuthCard>
  );
}
