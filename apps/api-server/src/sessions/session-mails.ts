import type { OutgoingMail } from '../mail/mailer.ts';

export function refreshReusedMail(to: string): OutgoingMail {
  return {
    to,
    subject: 'We signed you out of CFD-Broker',
    text: [
      'A sign-in of yours was renewed twice from different places. Somebody may have copied it, so we ended it.',
      '',
      'Sign in again to go on. If you use a shared or unknown computer, change your password.',
    ].join('\n'),
  };
}
