import { cookies } from 'next/headers';
import { SESSION_HINT } from '../../session/session-hint.ts';

const DAY_SECONDS = 86_400;

export async function PUT(request: Request): Promise<Response> {
  const secure = request.headers.get('x-forwarded-proto') === 'https';
  const jar = await cookies();
  jar.set(SESSION_HINT, '1', { httpOnly: true, sameSite: 'lax', path: '/', maxAge: DAY_SECONDS, secure });
  return new Response(null, { status: 204 });
}

export async function DELETE(): Promise<Response> {
  (await cookies()).delete(SESSION_HINT);
  return new Response(null, { status: 204 });
}
