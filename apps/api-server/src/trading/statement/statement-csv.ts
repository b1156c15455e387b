import type { Statement } from '@repo/schemas';
import { stringify } from 'csv-stringify/sync';

const columns = ['time', 'transaction', 'cause', 'description', 'amount', 'balance'];
/** What a spreadsheet takes for a formula. https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A statement as RFC 4180 has it, with the balances that it begins and ends with as its first and last row. A
 * description that a spreadsheet would take for a formula begins with an apostrophe; amounts stay the numbers they are.
 */
export function statementCsv({ from, to, openingBalance, closingBalance, entries }: Statement): string {
  const balanceRow = (at: number, what: string, balance: string) => [timeText(at), '', '', what, '', balance];
  const rows = entries.map(({ at, transactionId, cause, description, amount, balance }) => [
    timeText(at),
    transactionId,
    cause,
    FORMULA.test(description) ? `'${description}` : description,
    amount,
    balance,
  ]);
  return stringify(
    [balanceRow(from, 'Opening balance', openingBalance), ...rows, balanceRow(to, 'Closing balance', closingBalance)],
    { header: true, columns, record_delimiter: 'windows' },
  );
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
