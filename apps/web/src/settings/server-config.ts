import { portSetting } from '@repo/service';
import { z } from 'zod';
import { webConfigSchema } from './web-config.ts';

/** Settings of the web app's server; docs/operations/configuration.md is made from them. */
export const serverConfigSchema = webConfigSchema.extend({
  WEB_PORT: portSetting(3000).describe('Port of the web app.'),
  HOST: z.string().default('127.0.0.1').describe('Address that the web app listens on; `0.0.0.0` for all.'),
});
