import { FetchFailed, fetchFailure } from './errors.js';
import type { Guard } from './guard.js';

export type Post = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Aborts it: it then fails with `FetchFailed`. */
  readonly signal?: AbortSignal;
  /** Until there is a status. */
  readonly timeoutMs: number;
  /** How much of the answer is kept. */
  readonly maxAnswerChars: number;
};

export type PostAnswer = {
  readonly status: number;
  /** As the server sent it: seconds or a date. */
  readonly retryAfter: string | undefined;
  /** The beginning of its body. */
  readonly text: string;
};

/** What is read of an answer so that its connection can be used again; beyond that, and after this time, it is cut. */
const maxAnswerBytes = 16 * 1024;
const answerTimeoutMs = 1000;

export const post = async (
  guard: Guard,
  { url: given, headers, body, signal: aborted, timeoutMs, maxAnswerChars }: Post,
): Promise<PostAnswer> => {
  const url = guard.check(given);
  const { request } = (await import('undici')).default;
  const dispatcher = await guard.dispatcher();
  const { signal, timeout, release } = signalsOf(timeoutMs, aborted);
  try {
    const answer = await request(url, { dispatcher, signal, method: 'POST', headers, body: Buffer.from(body) });
    const retryAfter = answer.headers['retry-after'];
    const text = await beginningOf(answer.body);
    return {
      status: answer.statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      text: text.slice(0, maxAnswerChars),
    };
  } catch (error) {
    throw aborted?.aborted ? new FetchFailed('It was aborted', { cause: error }) : fetchFailure(error, timeout);
  } finally {
    release();
  }
};

/** `AbortSignal.timeout` and `any` would live on until they are collected, with their timers: many posts later. */
const signalsOf = (timeoutMs: number, aborted: AbortSignal | undefined) => {
  const ending = new AbortController();
  const timeout = { aborted: false };
  const abort = (): void => ending.abort(aborted?.reason);
  const timer = setTimeout(() => {
    timeout.aborted = true;
    ending.abort(new DOMException('The server took too long', 'TimeoutError'));
  }, timeoutMs);
  if (aborted?.aborted) abort();
  aborted?.addEventListener('abort', abort, { once: true });
  const release = (): void => {
    clearTimeout(timer);
    aborted?.removeEventListener('abort', abort);
  };
  return { signal: ending.signal, timeout, release };
};

/** Never fails: that there is a status is what counts. */
const beginningOf = async (body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> => {
  const parts: Buffer[] = [];
  const cut = setTimeout(() => body.destroy(), answerTimeoutMs);
  let size = 0;
  try {
    for await (const part of body) {
      parts.push(part);
      size += part.length;
      if (size >= maxAnswerBytes) break;
    }
  } catch {
    // broken off, or cut
  } finally {
    clearTimeout(cut);
  }
  return Buffer.concat(parts).toString();
};
