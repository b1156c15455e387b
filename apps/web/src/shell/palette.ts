/** The colours of up and down: green and red, or two that red-green blind eyes tell apart. */
export type Palette = 'green-red' | 'blue-orange';

const KEY = 'palette';

/** Browser only. */
export function readPalette(): Palette {
  return localStorage.getItem(KEY) === 'blue-orange' ? 'blue-orange' : 'green-red';
}

/** Keeps the choice for the next visit and puts it to use. Browser only. */
export function choosePalette(palette: Palette): void {
  localStorage.setItem(KEY, palette);
  applyPalette();
}

/** Marks the page with the palette that was chosen; tokens.css does the rest. Browser only. */
export function applyPalette(): void {
  document.documentElement.dataset.palette = readPalette();
}
