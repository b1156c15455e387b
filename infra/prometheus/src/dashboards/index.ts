import { api } from './api.ts';
import { feed } from './feed.ts';
import { overview } from './overview.ts';
import { processes } from './processes.ts';
import { store } from './store.ts';
import { trading } from './trading.ts';

/** Each dashboard by the name of its file in infra/grafana/dashboards. */
export const dashboards = { overview, feed, api, trading, store, processes } as const;
