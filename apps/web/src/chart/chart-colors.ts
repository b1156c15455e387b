/** The colours of the chart's canvas, from the tokens of the theme that is on. */
export interface ChartColors {
  readonly text: string;
  readonly line: string;
  readonly crosshair: string;
  readonly label: string;
  readonly up: string;
  readonly down: string;
}

/** Browser only. */
export function readChartColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: token('muted'),
    line: token('line'),
    crosshair: token('faint'),
    label: token('accent-tint'),
    up: token('up'),
    down: token('down'),
  };
}

/** Calls `listener` when the theme or the palette has changed. Returns how to stop. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-palette'] });
  return () => observer.disconnect();
}
