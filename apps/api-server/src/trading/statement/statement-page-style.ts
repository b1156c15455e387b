import { createHash } from 'node:crypto';

/** The whole style of the printable statement: it is read on paper, in black on white. */
export const statementPageStyle = `
:root { color-scheme: light; --ink: #16181d; --quiet: #5c6370; --line: #d9dce1; --faint: #f5f6f8; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink); font: 14px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 48px 32px 64px; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 24px; flex-wrap: wrap;
  padding-bottom: 16px; border-bottom: 2px solid var(--ink); }
h1 { margin: 0; font-size: 24px; font-weight: 600; letter-spacing: -0.01em; }
h2 { margin: 40px 0 8px; font-size: 15px; font-weight: 600; }
.house { color: var(--quiet); }
.facts { display: grid; grid-template-columns: repeat(3, auto); justify-content: start; gap: 4px 48px;
  margin: 24px 0 0; }
.facts div { min-width: 0; }
dt { color: var(--quiet); font-size: 12px; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px 6px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-size: 12px; font-weight: 500; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
.time { white-space: nowrap; }
.summary { max-width: 420px; }
.summary th { font-size: 14px; font-weight: 400; color: inherit; }
.balance th, .balance td { font-weight: 600; }
.unseen { visibility: hidden; }
.id { display: block; color: var(--quiet); font-size: 12px; }
.none { color: var(--quiet); }
footer { margin-top: 40px; color: var(--quiet); font-size: 12px; }
@page { size: A4; margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages);
  font: 9px system-ui, sans-serif; color: #5c6370; } }
@media print {
  body { font-size: 11px; }
  dt, th, .id, footer { font-size: 9px; }
  .summary th { font-size: inherit; }
  main { max-width: none; padding: 0; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;

const hash = createHash('sha256').update(statementPageStyle).digest('base64');

/** Lets the page have its style, and nothing else. */
export const statementPagePolicy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
