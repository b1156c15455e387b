import type { OutgoingMail } from '../mail/mailer.ts';

// Codes never stand in a subject: subjects show on locked screens. No mail holds a link: none can be forged.

export function codeMail(to: string, code: string, minutes: number): OutgoingMail {
  return {
    to,
    subject: 'Your CFD-Broker code',
    text: [
      'Welcome to CFD-Broker.',
      '',
      `Your code is ${code}. It works for ${minutes} minutes.`,
      '',
      'Enter it on the page where you signed up. We never ask for it anywhere else, not by mail and not by phone.',
      'If this was not you, ignore this mail: without the code nothing happens.',
    ].join('\n'),
  };
}

export function alreadySignedUpMail(to: string): OutgoingMail {
  return {
    to,
    subject: 'You already have a CFD-Broker account',
    text: [
      'Somebody, probably you, tried to sign up at CFD-Broker with this address.',
      '',
      'You already have an account: sign in with your password.',
      '',
      'If this was not you, there is nothing to do. Your account has not changed.',
    ].join('\n'),
  };
}

export function nothingPendingMail(to: string): OutgoingMail {
  return {
    to,
    subject: 'Your CFD-Broker sign-up',
    text: [
      'You asked for a new code, but no sign-up is waiting for one: a sign-up ends after a few minutes.',
      '',
      'Please sign up again. If you already have an account, sign in.',
      '',
      'If this was not you, ignore this mail.',
    ].join('\n'),
  };
}
