import type { Statement } from '@repo/schemas';
import { escapeHtml as escaped } from './escape-html.ts';
import { statementPageStyle } from './statement-page-style.ts';

const totalNames: Readonly<Record<keyof Statement['totals'], string>> = {
  deposits: 'Deposits',
  withdrawals: 'Withdrawals',
  realizedPnl: 'Realized profit and loss',
  commission: 'Commission',
  swap: 'Swap',
  adjustments: 'Adjustments',
  writeOffs: 'Negative balance written off',
};

/** A statement as a page to read and to print: no script, and a style that its policy names by hash. */
export function statementPage(statement: Statement): string {
  const { accountId, currency, openingBalance, closingBalance, totals, entries } = statement;
  const totalRows = Object.entries(totalNames).map(([name, text]) =>
    summaryRow(text, totals[name as keyof Statement['totals']]),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Statement ${escaped(periodText(statement))}</title>
<style>${statementPageStyle}</style>
</head>
<body>
<main>
<header><h1>Statement of account</h1><span class="house">CFD-Broker · demo account</span></header>
<dl class="facts">
<div><dt>Account</dt><dd>${escaped(accountId)}</dd></div>
<div><dt>Period (UTC)</dt><dd>${escaped(periodText(statement))}</dd></div>
<div><dt>Currency</dt><dd>${escaped(currency)}</dd></div>
</dl>
<h2>Summary</h2>
<table class="summary"><tbody>
${summaryRow('Opening balance', openingBalance, 'balance')}
${totalRows.join('\n')}
${summaryRow('Closing balance', closingBalance, 'balance')}
</tbody></table>
<h2>Entries</h2>
${entries.length === 0 ? '<p class="none">Nothing was booked in this period.</p>' : entriesTable(entries)}
<footer>Times are UTC. An amount above zero was received, one below zero was paid. This is a demo account: no real money
was traded.</footer>
</main>
</body>
</html>
`;
}

function summaryRow(name: string, amount: string, kind?: string): string {
  const open = kind === undefined ? '<tr>' : `<tr class="${kind}">`;
  return `${open}<th scope="row">${escaped(name)}</th><td class="number">${amountText(amount)}</td></tr>`;
}

function entriesTable(entries: Statement['entries']): string {
  const rows = entries.map(
    ({ at, description, transactionId, amount, balance }) =>
      `<tr><td class="time">${timeText(at)}</td><td>${escaped(description)}<span class="id">${escaped(transactionId)}</span></td>` +
      `<td class="number">${amountText(amount)}</td><td class="number">${amountText(balance)}</td></tr>`,
  );
  return `<table>
<thead><tr><th scope="col">Time</th><th scope="col">What</th><th scope="col" class="number">Amount</th><th scope="col" class="number">Balance</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`;
}

const MONEY_DIGITS = 6;

/** With separators of thousands and the minus of a typesetter; zeros that are not seen keep points below each other. */
function amountText(amount: string): string {
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  const unseen = '0'.repeat(MONEY_DIGITS - fraction.length);
  return `${amount.startsWith('-') ? '−' : ''}${grouped}.${fraction}<span class="unseen">${unseen}</span>`;
}

function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

const DAY_MS = 86_400_000;

/** Whole days by their dates, the last one included; else the two moments. */
function periodText({ from, to }: Pick<Statement, 'from' | 'to'>): string {
  if (from % DAY_MS !== 0 || to % DAY_MS !== 0) return `${timeText(from)} – ${timeText(to)}`;
  const date = (at: number) => new Date(at).toISOString().slice(0, 10);
  return `${date(from)} – ${date(to - DAY_MS)}`;
}
