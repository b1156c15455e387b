import { CodeSentSchema, ResendOtpSchema, SessionStartedSchema, SignupSchema, VerifyOtpSchema } from '@repo/schemas';
import type { FastifyRequest } from 'fastify';
import type { Limits } from '../../limits/limits.ts';
import { retryAfterSeconds } from '../../limits/retry-after.ts';
import { createSessionSeed } from '../../sessions/session-seed.ts';
import type { CodeRequestOutcome, SignUp } from '../../sign-up/sign-up.ts';
import type { AddressLimit } from '../address-limit.ts';
import type { Api } from '../api.ts';
import { addressBlock, type ClientAddress } from '../client-address.ts';
import { ProblemError } from '../problem-error.ts';
import { problemResponsesWithBody } from '../problem-responses.ts';
import type { SessionReplies } from '../session-replies.ts';

export interface SignUpRoutesOptions {
  readonly signUp: SignUp;
  readonly replies: SessionReplies;
  readonly clientAddress: ClientAddress;
  readonly addressLimit: AddressLimit;
  readonly limits: Limits;
  readonly codeSeconds: number;
  readonly resendAfterSeconds: number;
  /** Told of each new user. */
  readonly onSignedUp: (userId: string) => void;
}

export function addSignUpRoutes(api: Api, options: SignUpRoutesOptions): void {
  const { signUp, replies, addressLimit, limits } = options;
  const callerOf = (request: FastifyRequest) => ({
    addressBlock: addressBlock(options.clientAddress(request.raw)),
    requestId: request.id,
  });
  const codeSent = {
    status: 'code-sent',
    expiresInSeconds: options.codeSeconds,
    resendAfterSeconds: options.resendAfterSeconds,
  } as const;

  api.post(
    '/signup',
    {
      schema: {
        tags: ['sign-up'],
        summary: 'Ask for an account',
        description: 'Mails a 6-digit code. The answer is the same whether or not the address has an account.',
        body: SignupSchema,
        response: {
          202: CodeSentSchema,
          ...problemResponsesWithBody(
            'password-too-short',
            'password-too-long',
            'password-common',
            'password-contains-name',
            'password-contains-address',
            'too-many-requests',
            'too-busy',
            'service-unavailable',
            'mail-unavailable',
          ),
        },
      },
      preHandler: addressLimit(limits.signup),
    },
    async (request, reply) => {
      const { email, password } = request.body;
      refuseUnlessSent(await signUp.request(email, password, callerOf(request)));
      return reply.code(202).send(codeSent);
    },
  );

  api.post(
    '/resend-otp',
    {
      schema: {
        tags: ['sign-up'],
        summary: 'Ask for another code',
        description: 'The code before it dies; the count of tries goes on.',
        body: ResendOtpSchema,
        response: {
          202: CodeSentSchema,
          ...problemResponsesWithBody('too-many-requests', 'too-busy', 'service-unavailable', 'mail-unavailable'),
        },
      },
      preHandler: addressLimit(limits.signup),
    },
    async (request, reply) => {
      refuseUnlessSent(await signUp.resend(request.body.email, callerOf(request)));
      return reply.code(202).send(codeSent);
    },
  );

  api.post(
    '/verify-otp',
    {
      schema: {
        tags: ['sign-up'],
        summary: 'Enter the code',
        description: 'Creates the account and starts a session.',
        body: VerifyOtpSchema,
        response: {
          201: SessionStartedSchema,
          ...problemResponsesWithBody(
            'code-incorrect',
            'code-exhausted',
            'too-many-requests',
            'too-busy',
            'service-unavailable',
          ),
        },
      },
      preHandler: addressLimit(limits.verify),
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const seed = createSessionSeed(request.headers['user-agent'], caller.addressBlock);
      const result = await signUp.verify(request.body.email, request.body.otp, seed, caller);
      switch (result.outcome) {
        case 'signed-up':
          options.onSignedUp(result.session.user.userId);
          return reply.code(201).send(await replies.start(request, reply, result.session));
        case 'code-incorrect':
          throw new ProblemError('code-incorrect', { attemptsLeft: result.attemptsLeft });
        case 'code-exhausted':
          throw new ProblemError('code-exhausted', { retryAfterSeconds: retryAfterSeconds(result.retryAfterMs) });
      }
    },
  );
}

function refuseUnlessSent(result: CodeRequestOutcome): void {
  switch (result.outcome) {
    case 'code-sent':
      return;
    case 'weak-password':
      throw new ProblemError(result.weakness);
    case 'too-many-sends':
      throw new ProblemError('too-many-requests', { retryAfterSeconds: retryAfterSeconds(result.retryAfterMs) });
    case 'mail-unavailable':
      throw new ProblemError('mail-unavailable', { retryAfterSeconds: 30 });
  }
}
