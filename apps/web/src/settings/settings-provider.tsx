'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { PublicSettings } from './public-settings.ts';

interface Provided {
  readonly settings: PublicSettings;
  readonly nonce: string | undefined;
}

const Context = createContext<Provided | undefined>(undefined);

export function SettingsProvider({ children, ...provided }: Provided & { readonly children: ReactNode }) {
  return <Context value={provided}>{children}</Context>;
}

function useProvided(): Provided {
  const provided = useContext(Context);
  if (provided === undefined) throw new Error('SettingsProvider is missing');
  return provided;
}

export function useSettings(): PublicSettings {
  return useProvided().settings;
}

/** The nonce of the page's policy, for a style sheet that a library makes. */
export function useNonce(): string | undefined {
  return useProvided().nonce;
}
