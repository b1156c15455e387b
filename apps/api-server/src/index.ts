export { type ApiServerConfig, apiServerConfigSchema } from './config.ts';
export { createMailbox, type Mailbox } from './mail/mailbox.ts';
export { type Mailer, MailRefusedError, type OutgoingMail } from './mail/mailer.ts';
export { createSmtpMailer, type SmtpConfig } from './mail/smtp-mailer.ts';
export { type ApiServerOptions, type RunningApiServer, startApiServer } from './start-api-server.ts';
