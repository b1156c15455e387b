import { type Environment, loadConfig, portSetting } from '@repo/service';
import { z } from 'zod';
import { defaultPorts, type PortSettings } from '../ports.ts';

const portsSchema = z.object({
  KAFKA_PORT: portSetting(defaultPorts.KAFKA_PORT),
  REDIS_PORT: portSetting(defaultPorts.REDIS_PORT),
  POSTGRES_PORT: portSetting(defaultPorts.POSTGRES_PORT),
  SMTP_PORT: portSetting(defaultPorts.SMTP_PORT),
  SMTP_PAGE_PORT: portSetting(defaultPorts.SMTP_PAGE_PORT),
});

/** The ports that the environment names, and no others. @throws ConfigError */
export function namedPorts(environment: Environment): Partial<PortSettings> {
  const settings = loadConfig(portsSchema, environment);
  const named = Object.entries(settings).filter(([name]) => (environment[name]?.trim() ?? '') !== '');
  return Object.fromEntries(named);
}
