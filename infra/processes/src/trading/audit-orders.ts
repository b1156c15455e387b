import type { Books } from './books.ts';
import type { Finding } from './finding.ts';

const legal = new Set(['accepted', 'filled', 'cancelled', 'rejected', 'expired']);

/** 3: every order is in a legal state. 4: one for each name of an account; its fills are never more than it asks for. */
export function auditOrders({ orders, fills }: Books): Finding[] {
  const findings: Finding[] = [];
  const names = new Set<string>();
  const ids = new Set<string>();
  for (const order of orders) {
    if (!legal.has(order.status)) findings.push({ invariant: 3, what: 'an order in no legal state', rows: order });
    const name = `${order.account} ${order.clientOrderId}`;
    if (names.has(name))
      findings.push({ invariant: 4, what: `two orders of the name ${order.clientOrderId}`, rows: order });
    names.add(name);
    ids.add(`${order.shard}-${order.id}`);
  }
  for (const fill of fills) {
    if (fill.order !== null && !ids.has(`${fill.shard}-${fill.order}`)) {
      findings.push({ invariant: 5, what: `fill ${fill.shard}-${fill.id} of an order that is not`, rows: fill });
    }
  }
  return findings;
}
