import type { Steps } from '../numbers/units.ts';
import { type Refused, refuse } from '../refusal.ts';

/** Whether a quantity is a whole number of steps between `min` and `max`. */
export function checkQuantity(quantity: Steps, min: Steps, max: Steps): Refused | undefined {
  if (!Number.isInteger(quantity)) return refuse('quantity-not-a-step', { quantity });
  if (quantity < min) return refuse('quantity-below-minimum', { quantity, min });
  if (quantity > max) return refuse('quantity-above-maximum', { quantity, max });
  return undefined;
}
