'use client';

import type { ReactNode } from 'react';
import { ChangeCell, PriceCell, SpreadCell } from './quote-cells.tsx';
import { symbolName } from './symbol-name.ts';
import type { Instrument } from './use-instruments.ts';

/** The chosen market's two prices, large, and what one needs to know to read them. */
export function QuotePanel({ instrument }: { readonly instrument: Instrument }) {
  return (
    <section aria-label={`${symbolName(instrument.asset)} quote`} className="p-4">
      <div className="grid grid-cols-2 gap-2">
        <Side label="Bid" tone="text-sell">
          <PriceCell instrument={instrument} side="bid" size="huge" />
        </Side>
        <Side label="Ask" tone="text-buy">
          <PriceCell instrument={instrument} side="ask" size="huge" />
        </Side>
      </div>
      <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-2 text-sm">
        <Fact label="Spread">
          <SpreadCell instrument={instrument} />
        </Fact>
        <Fact label="Since start">
          <ChangeCell instrument={instrument} />
        </Fact>
        <Fact label={`Price step, ${instrument.quote}`}>{instrument.tickSize}</Fact>
        <Fact label={`Quantity step, ${instrument.base}`}>{instrument.quantityStep}</Fact>
      </dl>
    </section>
  );
}

function Side(props: { readonly label: string; readonly tone: string; readonly children: ReactNode }) {
  return (
    <div className="rounded-xl border border-line px-3 py-2.5">
      <p className={`px-1 text-xs font-semibold ${props.tone}`}>{props.label}</p>
      <p>{props.children}</p>
    </div>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-2 border-b border-line pb-2">
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="text-right tabular-nums">{children}</dd>
    </div>
  );
}
