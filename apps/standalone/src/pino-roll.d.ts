declare module 'pino-roll' {
  import type { DestinationStream } from 'pino';

  /** A file that is begun anew when it has grown to `size`; `limit.count` old ones are kept beside it. */
  export default function pinoRoll(options: {
    file: string;
    extension?: string;
    size?: string;
    limit?: { count: number };
    mkdir?: boolean;
  }): Promise<DestinationStream>;
}
