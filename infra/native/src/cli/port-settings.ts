import { type Environment, loadConfig, portSetting } from '@repo/service';
import { z } from 'zod';
import { defaultPorts, type PortSettings } from '../ports.ts';

/** The ports of `npm run infra:up`. */
export const portsSchema = z.object({
  KAFKA_PORT: portSetting(defaultPorts.KAFKA_PORT).describe(
    'Of the first broker; its controller has the next port, the second broker the two after that.',
  ),
  REDIS_PORT: portSetting(defaultPorts.REDIS_PORT).describe(
    '6379 is left to the server that the system itself may run.',
  ),
  POSTGRES_PORT: portSetting(defaultPorts.POSTGRES_PORT).describe('5432 is left likewise.'),
  SMTP_PORT: portSetting(defaultPorts.SMTP_PORT).describe('Mail in.'),
  SMTP_PAGE_PORT: portSetting(defaultPorts.SMTP_PAGE_PORT).describe('Mail shown, also as JSON at `/mails`.'),
});

/** The ports that the environment names, and no others. @throws ConfigError */
export function namedPorts(environment: Environment): Partial<PortSettings> {
  const settings = loadConfig(portsSchema, environment);
  const named = Object.entries(settings).filter(([name]) => (environment[name]?.trim() ?? '') !== '');
  return Object.fromEntries(named);
}
