import type { PublicSettings } from './public-settings.ts';

function findSettings(): PublicSettings | undefined {
  const content = document.querySelector<HTMLMetaElement>('meta[name="settings"]')?.content;
  return content === undefined ? undefined : (JSON.parse(content) as PublicSettings);
}

/** The settings that the layout left in the page, for code outside React. Browser only. */
export function pageSettings(): PublicSettings {
  const settings = findSettings();
  if (settings === undefined) throw new Error('the page carries no settings');
  return settings;
}

/** Calls back once the page's settings have been read, if it carries any (an error page does not). Browser only. */
export function whenSettingsAreKnown(callback: () => void): void {
  const look = () => {
    if (findSettings() !== undefined) callback();
  };
  // A script from the cache can run before the page around it has arrived.
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', look, { once: true });
  else look();
}
