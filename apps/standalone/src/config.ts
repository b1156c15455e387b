import { booleanSetting, integerSetting, portSetting } from '@repo/service';
import { z } from 'zod';

/** What the standalone program itself is told; each service reads its own settings from the same environment. */
export const standaloneConfigSchema = z.object({
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on. The loopback unless told: the development mailbox shows everybody’s codes.'),
  WEB_PORT: portSetting(3000).describe('Port of the web app.'),
  HTTP_PORT: portSetting(3001).describe('Port of the HTTP API.'),
  WS_PORT: portSetting(8080).describe('Port of the WebSocket server.'),
  METRICS_PORT: portSetting(9464).describe('Health and metrics of all services, on the loopback, for the operator.'),
  DATA_DIR: z.string().default('.data').describe('Everything that outlives a restart: database, secrets, logs.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'], 'it must be trace, debug, info, warn or error')
    .default('info')
    .describe('Of the log files in `DATA_DIR/logs`.'),
  START_WEB: booleanSetting(true).describe(
    '`false` in watch mode, where the web app is started apart, with hot reload.',
  ),
  CFD_CRASHES: integerSetting(0, 0, 1000).describe(
    'Crashes so far, each within a minute of its start; set by the program itself.',
  ),
});

export type StandaloneConfig = z.infer<typeof standaloneConfigSchema>;
