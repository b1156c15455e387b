import { MailboxSchema } from '@repo/schemas';
import type { Health } from '@repo/service';
import { z } from 'zod';
import type { Mailbox } from '../../mail/mailbox.ts';
import type { Api } from '../api.ts';
import { isLocalHost } from '../local-host.ts';
import { ProblemError } from '../problem-error.ts';
import { problemResponses } from '../problem-responses.ts';

const ReadinessSchema = z.strictObject({ ready: z.boolean(), checks: z.record(z.string(), z.string()) });

export function addOperationRoutes(
  api: Api,
  options: { readonly health: Health; readonly mailbox: Mailbox | undefined; readonly webHosts: readonly string[] },
): void {
  const { health, mailbox } = options;

  api.get(
    '/healthz',
    {
      schema: {
        tags: ['operation'],
        summary: 'Whether the process lives',
        response: { 200: z.strictObject({ status: z.literal('ok') }), ...problemResponses() },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  api.get(
    '/readyz',
    {
      schema: {
        tags: ['operation'],
        summary: 'Whether everything it needs works',
        response: { 200: ReadinessSchema, 503: ReadinessSchema, ...problemResponses() },
      },
    },
    async (_request, reply) => {
      const readiness = await health.readiness();
      return reply.code(readiness.ready ? 200 : 503).send(readiness);
    },
  );

  if (mailbox === undefined) return;
  api.get(
    '/dev/mailbox',
    {
      schema: {
        tags: ['operation'],
        summary: 'Mails that were kept instead of sent, newest first',
        description: 'Standalone profile only.',
        response: { 200: MailboxSchema, ...problemResponses('origin-not-allowed') },
      },
    },
    async (request, reply) => {
      // A page elsewhere could point a name of its own at this machine and then read this as its own origin.
      if (!isLocalHost(request.headers.host, options.webHosts)) throw new ProblemError('origin-not-allowed');
      return reply.header('cache-control', 'no-store').send([...mailbox.list()]);
    },
  );
}
