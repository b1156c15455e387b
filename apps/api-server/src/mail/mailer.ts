/** A mail in plain text. */
export interface OutgoingMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail. */
export interface Mailer {
  /**
   * Resolves when the mail is handed over.
   *
   * @throws MailRefusedError when this mail will never be taken; any other error may pass.
   */
  send(mail: OutgoingMail): Promise<void>;
}

/** The mail server works and does not want this mail, e.g. because the address does not exist. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}
