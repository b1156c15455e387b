/** A key of the keyboard. */
export function Kbd({ children }: { readonly children: string }) {
  return (
    <kbd className="inline-flex h-6 min-w-6 items-center justify-center rounded border border-line bg-raised px-1.5 font-mono text-xs text-muted">
      {children}
    </kbd>
  );
}
