/** Signs in over HTTP as the web app does. @returns the status of the answer. */
export async function signIn(apiUrl: string, email: string, password: string): Promise<number> {
  const response = await fetch(`${apiUrl}/api/v1/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' },
    body: JSON.stringify({ email, password }),
  });
  await response.body?.cancel();
  return response.status;
}
