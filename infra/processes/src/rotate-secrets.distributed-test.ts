import assert from 'node:assert/strict';
import { after, afterEach, before, it } from 'node:test';
import { ApiError } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { createSecrets, type Secrets } from '@repo/service';
import { Installation, PASSWORD } from './testing/installation.ts';

// What docs/operations/deployment.md says of each secret's rotation.
let installation: Installation;
let made: Secrets;
before(async () => {
  installation = await Installation.create();
  made = await createSecrets();
});
afterEach(() => installation.stop());
after(() => installation?.remove());

const someone = () => `rotation-${Math.random().toString(36).slice(2)}@example.com`;
/** Starts with everything as it was but these. */
const restartWith = async (secrets: Partial<Secrets>) => {
  await installation.stop();
  await installation.start(secrets);
};

it('JWT_SECRET: sessions go on, each with a refresh', async () => {
  await installation.start();
  const email = someone();
  const cookies = await installation.signUp(email);
  const before = cookies.header('http://127.0.0.1/');
  await restartWith({ JWT_SECRET: made.JWT_SECRET });
  assert.equal((await installation.client(cookies).me()).user.email, email);
  assert.notEqual(cookies.header('http://127.0.0.1/'), before);
});

it('REFRESH_SECRET: sessions end with their access tokens', async () => {
  await installation.start();
  const cookies = await installation.signUp(someone());
  await restartWith({ REFRESH_SECRET: made.REFRESH_SECRET });
  await installation.client(cookies).me();
  await assert.rejects(installation.client(cookies).refresh(), isRefusal(401));
});

it('OTP_SECRET: a code in flight is wrong, and a new one opens the same sign-up', async () => {
  await installation.start();
  const email = someone();
  const client = installation.client(createCookieJar());
  const old = await installation.codeAfter(email, () => client.signup({ email, password: PASSWORD }));
  await restartWith({ OTP_SECRET: made.OTP_SECRET });
  await assert.rejects(client.verifyOtp({ email, otp: old }), isRefusal(401));
  const otp = await installation.codeAfter(email, () => client.resendOtp({ email }));
  assert.equal((await client.verifyOtp({ email, otp })).user.email, email);
});

it('the sealing keys: a sign-up in flight is answered 503 and has to begin again; users sign in', async () => {
  await installation.start();
  const [known, newcomer] = [someone(), someone()];
  await installation.signUp(known);
  const client = installation.client(createCookieJar());
  const otp = await installation.codeAfter(newcomer, () => client.signup({ email: newcomer, password: PASSWORD }));
  const { SEALING_PUBLIC_KEY, SEALING_PRIVATE_KEY } = made;
  await restartWith({ SEALING_PUBLIC_KEY, SEALING_PRIVATE_KEY });
  assert.equal((await installation.client().signin({ email: known, password: PASSWORD })).user.email, known);
  await assert.rejects(client.verifyOtp({ email: newcomer, otp }), isRefusal(503));
  await installation.signUp(newcomer);
});

it('passwords of the roles: given by migrating, and the old ones refused', async () => {
  await installation.start();
  const email = someone();
  await installation.signUp(email);
  const { DB_PROCESSOR_PASSWORD, API_SERVER_PASSWORD, POLLER_PASSWORD, TRADING_ENGINE_PASSWORD } = made;
  await restartWith({ DB_PROCESSOR_PASSWORD, API_SERVER_PASSWORD, POLLER_PASSWORD, TRADING_ENGINE_PASSWORD });
  assert.equal((await installation.client().signin({ email, password: PASSWORD })).user.email, email);
});

function isRefusal(status: number) {
  return (error: unknown) => error instanceof ApiError && error.status === status;
}
