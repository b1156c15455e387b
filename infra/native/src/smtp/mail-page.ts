import type { Mail } from '@repo/schemas';

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  article { border: 1px solid #8886; border-radius: 8px; padding: .75rem 1rem; margin: 1rem 0; }
  h2 { font-size: 1rem; margin: 0; } p { margin: 0; opacity: .7; } pre { white-space: pre-wrap; margin: .5rem 0 0; }`;

/** A page of the mails, newest first; it loads itself again every three seconds. */
export function mailPage(mails: readonly Mail[]): string {
  const articles = mails.map(
    ({ to, subject, text, at }) =>
      `<article><h2>${escapeHtml(subject)}</h2><p>to ${escapeHtml(to)}, <time>${new Date(at).toISOString()}</time></p><pre>${escapeHtml(text)}</pre></article>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Mail (${mails.length})</title><style>${STYLE}</style></head>
<body><h1>Mail</h1>
<p>Nothing leaves this machine. As JSON: <a href="/mails">/mails</a></p>
${articles.join('\n') || '<p>No mail yet.</p>'}
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
