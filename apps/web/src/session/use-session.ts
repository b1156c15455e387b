'use client';

import { ApiError } from '@repo/client';
import type { User } from '@repo/schemas';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useRef } from 'react';
import { closePriceConnection } from '../prices/price-connection.ts';
import { browserApi } from '../settings/browser-api.ts';
import { announceSignOut, onSignOutElsewhere } from './session-channel.ts';
import { setSessionHint } from './session-hint.ts';

const KEY = ['me'];
/** How often, at most, what the user does on the page counts as activity of the session. */
const ACTIVITY_MS = 5 * 60_000;
const ACTIVITIES = ['pointerdown', 'keydown', 'visibilitychange'] as const;

export interface Session {
  readonly user: User | undefined;
  /** The API cannot be asked right now; it is asked again by itself. */
  readonly unreachable: boolean;
  readonly signOut: () => Promise<void>;
  /** Asks again whether the session stands; leaves the page when it does not. */
  readonly check: () => void;
}

/** The session of a page that needs one. Without a session the page is left for sign-in. */
export function useSession(initialUser: User | undefined): Session {
  const router = useRouter();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await browserApi().me({ signal })).user,
    ...(initialUser === undefined ? {} : { initialData: initialUser }),
    staleTime: ACTIVITY_MS,
    retry: (_, error) => !isRefused(error),
    retryDelay: (attempt) => Math.min(1000 * 2 ** attempt, 10_000),
  });

  // Once somebody leaves, what the old session still answers is no news.
  const leaving = useRef(false);
  const leave = useCallback(
    async (reason: 'signed-out' | 'ended') => {
      leaving.current = true;
      await setSessionHint(false);
      queries.clear();
      closePriceConnection();
      router.replace(reason === 'ended' ? '/sign-in?ended' : '/sign-in');
    },
    [queries, router],
  );

  const refused = isRefused(query.error);
  useEffect(() => {
    if (refused && !leaving.current) void leave('ended');
  }, [refused, leave]);

  useEffect(() => onSignOutElsewhere(() => void leave('signed-out')), [leave]);

  const { refetch } = query;
  const check = useCallback(() => {
    if (!leaving.current) void refetch();
  }, [refetch]);
  useEffect(() => {
    let seenAt = performance.now();
    const seen = () => {
      if (performance.now() - seenAt < ACTIVITY_MS) return;
      seenAt = performance.now();
      check();
    };
    for (const activity of ACTIVITIES) document.addEventListener(activity, seen);
    return () => {
      for (const activity of ACTIVITIES) document.removeEventListener(activity, seen);
    };
  }, [check]);

  return {
    user: refused ? undefined : query.data,
    unreachable: query.failureCount > 0 && !refused,
    check,
    signOut: async () => {
      leaving.current = true;
      try {
        await browserApi().logout();
      } catch (error) {
        leaving.current = false;
        throw error;
      }
      announceSignOut();
      await leave('signed-out');
    },
  };
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
