/** What a person reads of a mail. */
export interface ReadMail {
  readonly subject: string;
  /** The first plain text in it. */
  readonly text: string;
}

/** Reads a message as mail programs send it (RFC 5322, MIME): enough for the mails that programs write. */
export function readMail(source: Buffer): ReadMail {
  const { headers, body } = split(source.toString('latin1'));
  return { subject: decodeWords(headers.get('subject') ?? ''), text: plainText(headers, body) ?? '' };
}

type Headers = ReadonlyMap<string, string>;

// Texts are held as latin1, one character a byte, until their charset is known.
function split(source: string): { headers: Headers; body: string } {
  const end = /\r?\n\r?\n/.exec(source);
  const head = end === null ? source : source.slice(0, end.index);
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end === null ? '' : source.slice(end.index + end[0].length) };
}

function plainText(headers: Headers, body: string): string | undefined {
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /^multipart\/.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined) {
    const parts = `\r\n${body}`.split(/\r?\n--/).filter((part) => part.startsWith(boundary));
    for (const part of parts) {
      const inner = part.slice(boundary.length);
      if (inner.startsWith('--')) continue;
      const { headers: innerHeaders, body: innerBody } = split(inner.replace(/^[ \t]*\r?\n/, ''));
      const text = plainText(innerHeaders, innerBody);
      if (text !== undefined) return text;
    }
    return undefined;
  }
  if (!/^text\/plain\b/i.test(type)) return undefined;
  const charset = /charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
  const bytes = decodeTransfer(body, headers.get('content-transfer-encoding') ?? '7bit');
  return decodeCharset(bytes, charset).replaceAll('\r\n', '\n').trimEnd();
}

function decodeTransfer(body: string, encoding: string): Buffer {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64');
    case 'quoted-printable':
      return decodeQuoted(body.replace(/=[ \t]*\r?\n/g, ''));
    default:
      return Buffer.from(body, 'latin1');
  }
}

/** Encoded words of a header: RFC 2047. */
function decodeWords(text: string): string {
  return text
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_, charset: string, encoding: string, word: string) => {
      const bytes =
        encoding.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : decodeQuoted(word.replaceAll('_', ' '));
      return decodeCharset(bytes, charset);
    });
}

function decodeQuoted(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

function decodeCharset(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8'); // a charset that nobody knows
  }
}
