import { setTimeout as delay } from 'node:timers/promises';

/** An answer's body, of whatever shape the story looks for. */
export type Body = { readonly [field: string]: unknown };

/** Asks over HTTP as any client would. @throws {Error} with the problem that was answered. */
export const client =
  (base: string, headers: Readonly<Record<string, string>> = {}) =>
  async (route: string, body?: object, accept = 'application/json'): Promise<Body> => {
    const [method = 'GET', path = '/'] = route.split(' ');
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { accept, ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${route} answered ${answer.status}: ${text}`);
    if (!String(answer.headers.get('content-type')).includes('json')) return { text };
    return JSON.parse(text) as Body;
  };

/** Asks again and again until the answer is as wanted. @throws {Error} after half a minute, with the last error or answer. */
export const until = async (ask: () => Promise<Body>, wanted: (body: Body) => boolean): Promise<Body> => {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const body = await ask().catch((error: unknown) => {
      if (Date.now() > deadline) throw error;
      return undefined;
    });
    if (body && wanted(body)) return body;
    if (Date.now() > deadline) throw new Error(`Still waiting after 30 s; the last answer was ${JSON.stringify(body)}`);
    await delay(50);
  }
};
