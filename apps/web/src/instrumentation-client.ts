import './settings/zod-without-eval.ts';
import { priceConnection } from './prices/price-connection.ts';
import { whenSettingsAreKnown } from './settings/page-settings.ts';
import { applyPalette } from './shell/palette.ts';

applyPalette();

// Runs before React: by the time the page is interactive its prices are on their way.
if (location.pathname === '/' || location.pathname === '/dashboard') whenSettingsAreKnown(() => void priceConnection());
