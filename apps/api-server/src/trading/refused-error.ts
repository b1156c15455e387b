import type { ProblemCode } from '@repo/schemas';
import { type Refused, refusals } from '@repo/trading-core';
import { explainRefusal } from './explain-refusal.ts';
import { type PresentedFigures, presentFigures, type RefusalContext } from './present/present-figures.ts';

/** What a client asked for is not done, for a reason that he is told: nothing has happened. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly figures: PresentedFigures;
  /** Whether the same request may succeed later. */
  readonly canRetry: boolean;

  constructor(code: ProblemCode, detail: string, figures: PresentedFigures, canRetry: boolean) {
    super(code);
    this.code = code;
    this.detail = detail;
    this.figures = figures;
    this.canRetry = canRetry;
  }
}

/** A refusal of the core, in the words and units of the wire. */
export function refusedError(refused: Refused, context: RefusalContext): RefusedError {
  const { code } = refused;
  if (code === 'invalid-quote' || code === 'quote-out-of-order') throw new Error(`a command was refused as ${code}`);
  const figures = presentFigures(refused, context);
  return new RefusedError(code, explainRefusal(code, figures), figures, refusals[code].retry);
}
