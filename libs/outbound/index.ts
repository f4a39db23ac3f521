import { parse as parseDisposition } from 'content-disposition';
import type { Response } from 'undici';
import { FetchFailed, fetchFailure } from './errors.js';
import { Guard, type GuardOptions } from './guard.js';
import { post, type Post, type PostAnswer } from './post.js';

export { FetchFailed, UrlNotAllowed } from './errors.js';
export type { Post, PostAnswer } from './post.js';
export { Guard } from './guard.js';

/** A file that a server sends. */
export type FetchedFile = {
  /** Read them, or the connection stays open. Fails with `FetchFailed` where the server breaks off or is too slow. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** As the server states it. */
  readonly mimeType: string | undefined;
  /** As the server, or else the URL, names it. */
  readonly fileName: string | undefined;
  /** Where it was, after all redirects. */
  readonly url: string;
};

/** Speaks to servers that users name. */
export type Outbound = {
  /**
   * Only http and https, only public addresses and those that the operator allows: for the URL, for each redirect, and for what names lead to
   * at the moment of connecting. @throws {UrlNotAllowed} {FetchFailed}
   */
  get(url: string, options?: FetchOptions): Promise<FetchedFile>;
  /**
   * Posts to a server, within the same bounds; a redirect is an answer and is not followed. Resolves once there is a status, and a bounded
   * piece of what follows it. @throws {UrlNotAllowed} {FetchFailed}
   */
  post(request: Post): Promise<PostAnswer>;
  /** Whether a URL may be reached, as far as it can be told now. A name that leads nowhere yet passes. @throws {UrlNotAllowed} */
  check(url: string): Promise<void>;
  close(): Promise<void>;
};

export type FetchOptions = {
  /** In all, until the last byte. */
  readonly timeoutMs?: number;
};

export type OutboundOptions = GuardOptions & FetchOptions;

const defaultTimeoutMs = 120_000;
const maxRedirects = 5;
const redirects: readonly number[] = [301, 302, 303, 307, 308];

export const openOutbound = ({
  timeoutMs: usualTimeoutMs = defaultTimeoutMs,
  ...options
}: OutboundOptions): Outbound => {
  const guard = new Guard(options);

  const answerOf = async (given: string, signal: AbortSignal): Promise<readonly [Response, URL]> => {
    let url = guard.check(given);
    const { fetch } = (await import('undici')).default;
    const dispatcher = await guard.dispatcher();
    for (let left = maxRedirects; ; left -= 1) {
      const headers = { 'user-agent': 'Waybill', accept: '*/*' };
      const answer = await fetch(url, { dispatcher, signal, headers, redirect: 'manual' });
      const location = answer.headers.get('location');
      if (!redirects.includes(answer.status) || location === null) return [answer, url];
      await answer.body?.cancel();
      if (left === 0) throw new FetchFailed(`The server redirects more than ${maxRedirects} times`);
      url = guard.check(location, url);
    }
  };

  return {
    get: async (given, { timeoutMs = usualTimeoutMs } = {}) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const [answer, url] = await answerOf(given, signal).catch((error: unknown) => {
        throw fetchFailure(error, signal);
      });
      if (!answer.ok || !answer.body) {
        await answer.body?.cancel();
        throw new FetchFailed(`The server answered with HTTP status ${answer.status}`);
      }
      return {
        bytes: withFailures(answer.body, signal),
        mimeType: answer.headers.get('content-type') ?? undefined,
        fileName: nameIn(answer.headers.get('content-disposition')) ?? nameOf(url),
        url: url.href,
      };
    },
    post: (request) => post(guard, request),
    check: async (url) => guard.resolve(guard.check(url)),
    close: () => guard.close(),
  };
};

async function* withFailures(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw fetchFailure(error, signal);
  }
}

const nameIn = (disposition: string | null): string | undefined =>
  disposition === null ? undefined : parseDisposition(disposition).parameters['filename'];

/** The last part of the path, where it looks like the name of a file. */
const nameOf = ({ pathname }: URL): string | undefined => {
  const last = pathname.split('/').at(-1) ?? '';
  if (!/.\.[A-Za-z0-9]{1,10}$/.test(last)) return undefined;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
};
