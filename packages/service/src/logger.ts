import { type DestinationStream, type Level, multistream, type Logger as PinoLogger, pino } from 'pino';
import pretty from 'pino-pretty';
import { activeIds } from './tracing/request-id.ts';

export type Logger = PinoLogger;

// Whatever an object is called that holds one of these, its value never reaches a log.
const SECRET_FIELDS = ['password', 'otp', 'token', 'refresh', 'access', 'authorization', 'cookie', 'secret'];

export interface LoggerOptions {
  readonly level: Level | 'silent';
  /** Where JSON lines go; standard output unless told. */
  readonly destination?: DestinationStream;
  /** A second, readable stream for a person, with its own least level. */
  readonly terminal?: { readonly level: Level; readonly stream: NodeJS.WritableStream };
}

/** A structured logger; children carry the service's name. */
export function createLogger(options: LoggerOptions): Logger {
  const base = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Which request a line is about, without each call having to say so.
    mixin: activeIds,
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
  };
  if (options.destination === undefined && options.terminal === undefined && process.stdout.isTTY) {
    return pino(base, pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' }));
  }
  // Synchronous: a crash must not lose its last lines, nor flushing them put them before earlier ones.
  const main = options.destination ?? pino.destination({ dest: 1, sync: true });
  if (options.terminal === undefined) return pino(base, main);
  const readable = pretty({
    colorize: 'isTTY' in options.terminal.stream && options.terminal.stream.isTTY === true,
    destination: options.terminal.stream,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
  });
  return pino(
    base,
    multistream([
      { level: options.level as Level, stream: main },
      { level: options.terminal.level, stream: readable },
    ]),
  );
}
