'use client';

import './globals.css';

/** When even the layout broke: no providers, no theme, no fonts. */
export default function GlobalError({ retry }: { readonly retry: () => void }) {
  return (
    <html lang="en">
      <head>
        <title>CFD-Broker</title>
      </head>
      <body className="p-8">
        <h1 className="text-xl font-semibold">CFD-Broker does not work at the moment</h1>
        <p className="mt-2 mb-6 text-muted">The fault is on our side.</p>
        <button type="button" onClick={retry} className="rounded-lg bg-accent px-4 py-2 font-medium text-on-accent">
          Try again
        </button>
      </body>
    </html>
  );
}
