import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { type Mail, MailSchema } from '@repo/schemas';

const MAILS_MAX = 200;

/** The newest 200 mails, kept in a file, one a line, so that they outlive the process. */
export class KeptMails {
  readonly #file: string;
  readonly #mails: Mail[];
  #written: Promise<void> = Promise.resolve();

  private constructor(file: string, mails: Mail[]) {
    this.#file = file;
    this.#mails = mails;
  }

  static async open(file: string): Promise<KeptMails> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const mails = text.split('\n').flatMap(readLine).slice(-MAILS_MAX).reverse();
    await writeFile(file, mails.toReversed().map(toLine).join(''));
    return new KeptMails(file, mails);
  }

  /** Newest first. */
  list(): readonly Mail[] {
    return this.#mails;
  }

  /** Resolves when the mail is in the file. */
  async add(mail: Mail): Promise<void> {
    this.#written = this.#written.catch(() => undefined).then(() => appendFile(this.#file, toLine(mail)));
    await this.#written;
    this.#mails.unshift(mail);
    this.#mails.length = Math.min(this.#mails.length, MAILS_MAX);
  }
}

function toLine(mail: Mail): string {
  return `${JSON.stringify(mail)}\n`;
}

/** A process killed while it wrote leaves half a line. */
function readLine(line: string): Mail[] {
  try {
    return [MailSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
