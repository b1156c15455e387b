import { headers } from 'next/headers';
import { type PublicSettings, publicSettings } from './public-settings.ts';
import { readWebConfig } from './web-config.ts';

/** The settings of the request being rendered, and the nonce of its policy. */
export async function requestSettings(): Promise<{ settings: PublicSettings; nonce: string | undefined }> {
  const request = await headers();
  return {
    settings: publicSettings(readWebConfig(), request.get('host'), request.get('accept-language')),
    nonce: request.get('x-nonce') ?? undefined,
  };
}
