import type { ReactNode } from 'react';

export interface AuthCardProps {
  readonly title: string;
  readonly intro: ReactNode;
  readonly children: ReactNode;
  /** Under the card: the other way in. */
  readonly footer?: ReactNode;
}

/** The frame of sign-up, code and sign-in. */
export function AuthCard({ title, intro, children, footer }: AuthCardProps) {
  return (
    <div className="w-full max-w-[420px]">
      <div className="rounded-2xl border border-line bg-surface p-6 shadow-panel sm:p-8">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        <div className="mt-1.5 mb-6 text-sm text-muted">{intro}</div>
        {children}
      </div>
      {footer !== undefined && <p className="mt-5 text-center text-sm text-muted">{footer}</p>}
    </div>
  );
}
