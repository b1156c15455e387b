import { loadConfig, portSetting } from '@repo/service';
import { z } from 'zod';
import { KeptMails } from './kept-mails.ts';
import { startMailSink } from './start-mail-sink.ts';

const config = loadConfig(
  z.object({ SMTP_PORT: portSetting(1025), SMTP_PAGE_PORT: portSetting(8025), MAILS_FILE: z.string() }),
  process.env,
);
const mails = await KeptMails.open(config.MAILS_FILE);
const sink = await startMailSink({ mails, smtpPort: config.SMTP_PORT, pagePort: config.SMTP_PAGE_PORT });
process.once('SIGTERM', () => void sink.close().then(() => process.exit(0)));
