/** An asset as people write it: `SOL_USDC` → `SOL/USDC`. */
export function symbolName(asset: string): string {
  return asset.replaceAll('_', '/');
}
