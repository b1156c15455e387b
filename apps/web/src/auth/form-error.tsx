import { CircleAlert } from 'lucide-react';

/** What went wrong with the form as a whole; read out when it appears. */
export function FormError({ children }: { readonly children: string | undefined }) {
  return (
    <div role="alert">
      {children !== undefined && (
        <p className="mb-5 flex items-start gap-2 rounded-lg bg-down-tint px-3 py-2.5 text-sm text-down">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          {children}
        </p>
      )}
    </div>
  );
}
