import { ConfigError, createSeal, createUnseal, type Unseal } from '@repo/service';

/**
 * Reads the private key of `SEALING_PRIVATE_KEY` (a JWK in JSON text) and proves that it opens what is sealed to its
 * public half: a wrong key would turn every password into a dead letter.
 *
 * @throws ConfigError
 */
export async function openSealingKey(privateKey: string): Promise<Unseal> {
  try {
    const unseal = await createUnseal(privateKey);
    const publicKey = JSON.stringify({ ...(JSON.parse(privateKey) as object), d: undefined });
    const seal = await createSeal(publicKey);
    await unseal(await seal('probe'));
    return unseal;
  } catch (error) {
    throw new ConfigError('SEALING_PRIVATE_KEY is wrong: it must be a private X25519 key as a JWK.', { cause: error });
  }
}
