import type { Metadata } from 'next';
import { VerifyScreen } from '../../../auth/verify-screen.tsx';

export const metadata: Metadata = { title: 'Enter your code' };

export default function VerifyPage() {
  return <VerifyScreen />;
}
