'use client';

import { Dialog, Kbd } from '@repo/ui';
import { useDesk } from './desk-store.ts';

const SHORTCUTS: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['↓', 'J'], does: 'Next market' },
  { keys: ['↑', 'K'], does: 'Market before' },
  { keys: ['1', '…', '9'], does: 'Candle interval, from 1 second to 1 week' },
  { keys: ['←', '→'], does: 'Move the chart' },
  { keys: ['+', '−'], does: 'Zoom the chart' },
  { keys: ['T'], does: 'Dark or light' },
  { keys: ['?'], does: 'This sheet' },
];

/** Every shortcut of the desk. */
export function ShortcutsSheet() {
  const shown = useDesk(({ shortcutsShown }) => shortcutsShown);
  return (
    <Dialog title="Keyboard shortcuts" open={shown} onClose={() => useDesk.setState({ shortcutsShown: false })}>
      <dl className="grid gap-3">
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does} className="flex items-center justify-between gap-4 text-sm">
            <dt className="text-muted">{does}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
