import type { z } from 'zod';

/** A setting as the reference and `.env.example` show it. */
export interface Setting {
  readonly name: string;
  readonly description: string;
  /** What it may be, in the words of the refusal of a wrong value, and its unit: `a whole number from 1 to 9, ms`. */
  readonly values: string;
  /** As it would be written in the environment; absent where the setting is needed or may be left out. */
  readonly fallback: string | undefined;
  readonly required: boolean;
  /** Its value must not be seen. */
  readonly secret: boolean;
  /** How to make a value. */
  readonly hint: string | undefined;
}

/** No setting with a rule takes it. */
const NONSENSE = '\0';

/**
 * Reads from a schema what a person must know to set it: `.describe()` or `.meta({ description, secret, hint })` on
 * each key, the default, and the rule.
 *
 * @throws Error for a setting without a description.
 */
export function describeSettings(schema: z.ZodObject): readonly Setting[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, setting]) => {
    const { description, secret, hint } = setting.meta() ?? {};
    if (description === undefined) throw new Error(`${name} has no description`);
    const absent = setting.safeParse(undefined);
    const refusal = setting.safeParse(NONSENSE).error?.issues[0]?.message;
    return {
      name,
      description,
      values: (refusal?.replace(/^it must be /, '').replace(/ is needed$/, '') ?? 'a text') + unitOf(name),
      fallback: absent.data === undefined ? undefined : asVariable(absent.data),
      required: !absent.success,
      secret: secret === true,
      hint: typeof hint === 'string' ? hint : undefined,
    };
  });
}

/** Names end, or nearly end, with their unit; `_PER_10_SECONDS` is a rate. */
function unitOf(name: string): string {
  if (/_MS(?:_|$)/.test(name)) return ', ms';
  return /(?<!_PER_\d+)_SECONDS(?:_|$)/.test(name) ? ', s' : '';
}

function asVariable(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
