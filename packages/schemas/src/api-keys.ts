import { z } from 'zod';
import { IdSchema, storableText, TimeMsSchema } from './common.ts';
import { isEd25519PublicKey } from './ed25519-public-key.ts';

/** `read`: see the user's accounts. `trade`: act on them. One does not include the other. */
export const ApiKeyScopeSchema = z.enum(['read', 'trade']).meta({ id: 'ApiKeyScope' });
export type ApiKeyScope = z.infer<typeof ApiKeyScopeSchema>;

/** What its owner calls a key, on one line. */
export const ApiKeyNameSchema = storableText(60)
  .min(1)
  .refine((name) => name === name.trim() && !/\p{Cc}/u.test(name), 'must be one line without spaces around it');

export const ApiKeyScopesSchema = z
  .array(ApiKeyScopeSchema)
  .min(1)
  .max(2)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'must name each scope once');

/** The raw 32 bytes in base64url without padding. */
export const Ed25519PublicKeySchema = z
  .string()
  .length(43)
  .refine(isEd25519PublicKey, 'must be an Ed25519 public key: 32 bytes in base64url')
  .meta({ id: 'Ed25519PublicKey', example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });

export const CreateApiKeySchema = z
  .strictObject({
    name: ApiKeyNameSchema,
    scopes: ApiKeyScopesSchema,
    publicKey: Ed25519PublicKeySchema,
    /** Without it the key lives until it is revoked. */
    expiresInDays: z.int().min(1).max(3650).optional(),
  })
  .meta({ id: 'CreateApiKey' });
export type CreateApiKey = z.infer<typeof CreateApiKeySchema>;

export const ApiKeySchema = z
  .strictObject({
    id: IdSchema,
    name: z.string(),
    scopes: z.array(ApiKeyScopeSchema),
    publicKey: z.string(),
    createdAt: TimeMsSchema,
    expiresAt: TimeMsSchema.optional(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKeySchema>;
export const ApiKeysSchema = z.strictObject({ items: z.array(ApiKeySchema) }).meta({ id: 'ApiKeys' });

/** The headers of a signed request. */
export const signatureHeaders = {
  /** Id of the key. */
  keyId: 'x-api-key',
  /** When it was signed, ms since the epoch. */
  timestamp: 'x-timestamp',
  /** 22 to 64 characters of base64url or a UUID, never used before with this key. */
  nonce: 'x-nonce',
  /** Ed25519 over `signedText`, base64url without padding. */
  signature: 'x-signature',
} as const;

export interface SignedParts {
  readonly method: string;
  /** With the query, as it is sent. */
  readonly path: string;
  readonly keyId: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** SHA-256 of the body's bytes, hex; of no bytes when there is no body. */
  readonly bodyHash: string;
}

/** What the key signs: a line each, no part of which can hold a line break. */
export function signedText(parts: SignedParts): string {
  const { method, path, keyId, timestamp, nonce, bodyHash } = parts;
  return ['cfd-broker-v1', method, path, keyId, timestamp, nonce, bodyHash].join('\n');
}
