import { setTimeout as delay } from 'node:timers/promises';

/** The body of an answer. */
export type Body = { readonly [field: string]: unknown };

/** Sends requests as any HTTP client would. @throws {Error} with the problem that was answered. */
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

/** Repeats a request until the answer is as wanted. @throws {Error} after 30 seconds, with the last error or answer. */
export const until = async (ask: () => Promise<Body>, wanted: (body: Body) => boolean): Promise<Body> => {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const body = await ask().catch((error: unknown) => {
      if (performance.now() > deadline) throw error;
      return undefined;
    });
    if (body && wanted(body)) return body;
    if (performance.now() > deadline)
      throw new Error(`Still waiting after 30 s; the last answer was ${JSON.stringify(body)}`);
    await delay(50);
  }
};
