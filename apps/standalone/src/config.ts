import { booleanSetting, integerSetting, portSetting } from '@repo/service';
import { z } from 'zod';

/** What the standalone program itself is told; each service reads its own settings from the same environment. */
export const standaloneConfigSchema = z.object({
  /** Address to listen on. The loopback unless told: the development mailbox shows everybody's codes. */
  HOST: z.string().default('127.0.0.1'),
  WEB_PORT: portSetting(3000),
  HTTP_PORT: portSetting(3001),
  WS_PORT: portSetting(8080),
  /** Health and metrics of all services, for the operator. */
  METRICS_PORT: portSetting(9464),
  /** Everything that outlives a restart. */
  DATA_DIR: z.string().default('.data'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'], 'it must be trace, debug, info, warn or error')
    .default('info'),
  /** `false` in watch mode, where the web app is started apart, with hot reload. */
  START_WEB: booleanSetting(true),
  /** Restarts after crashes within the last minute; set by the program itself. */
  CFD_CRASHES: integerSetting(0, 0, 1000),
});

export type StandaloneConfig = z.infer<typeof standaloneConfigSchema>;
