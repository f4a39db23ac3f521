import { GivenUp, inTime } from './in-time.js';

/** A working server is never silent for this long. */
const silenceTimeoutMs = 60_000;

/**
 * The bytes of a download for as long as they come. Whatever takes too long to answer is left behind, and so is everything once `signal` is
 * aborted. @throws {DownloadFailed}
 */
export async function* whileItComes(
  begin: () => Promise<AsyncIterable<Uint8Array>>,
  signal: AbortSignal,
  timeoutMs = silenceTimeoutMs,
): AsyncGenerator<Uint8Array> {
  const bytes = (await inTime(begin(), signal, timeoutMs))[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await inTime(bytes.next(), signal, timeoutMs);
      isOver = done === true;
      if (isOver) return;
      yield value as Uint8Array;
    }
  } catch (error) {
    isOver = !(error instanceof GivenUp);
    throw error;
  } finally {
    if (!isOver) bytes.return?.().catch(() => undefined); // not awaited: it may wait for the part that does not come
  }
}
