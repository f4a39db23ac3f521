import { DownloadFailed } from '#lib/whatsapp';

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
    isOver = !(error instanceof Silence);
    throw error;
  } finally {
    if (!isOver) bytes.return?.().catch(() => undefined); // not awaited: it may wait for the part that does not come
  }
}

class Silence extends DownloadFailed {}

const inTime = async <Answer>(work: Promise<Answer>, signal: AbortSignal, timeoutMs: number): Promise<Answer> => {
  let giveUp: (error: Error) => void = () => undefined;
  const given = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  const stop = (): void => giveUp(new Silence(false, 'The service stops'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const timer = setTimeout(() => giveUp(new Silence(false, 'WhatsApp does not answer')), timeoutMs);
  work.catch(() => undefined); // whoever gave up does not hear of it
  try {
    return await Promise.race([work, given]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
};
