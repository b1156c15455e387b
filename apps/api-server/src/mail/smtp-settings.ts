import { z } from 'zod';

const urlMessage = 'it must be a URL such as smtp://user:password@host:587, or smtps:// for TLS from the first byte';

/** Settings of the mail server. */
export const smtpSettings = {
  SMTP_URL: z.string(urlMessage).refine(isSmtpUrl, urlMessage).optional().meta({
    description:
      'The mail server. With smtp:// STARTTLS is used when the server offers it, and demanded when there is a password.',
    secret: true,
  }),
  MAIL_FROM: z.string().default('CFD-Broker <no-reply@localhost>').describe('Sender of the mails.'),
};

function isSmtpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'smtp:' || protocol === 'smtps:') && hostname !== '';
}
