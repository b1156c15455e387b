import { booleanSetting, portSetting } from '@repo/service';
import { z } from 'zod';

/** Settings of the mail server. Without `SMTP_HOST` no mail can be sent by SMTP. */
export const smtpSettings = {
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: portSetting(587),
  /** TLS from the first byte (port 465). Without it STARTTLS is used, and demanded when there is a password. */
  SMTP_TLS: booleanSetting(false),
  SMTP_USER: z.string().optional(),
  SMTP_PASSWORD: z.string().optional(),
  MAIL_FROM: z.string().default('CFD-Broker <no-reply@localhost>'),
};
