import { DownloadFailed } from '#lib/whatsapp';

/** Nobody waits for the answer any more. */
export class GivenUp extends DownloadFailed {}

/** Settles as the work does, unless the service stops or the time is over before. @throws {GivenUp} */
export const inTime = async <Answer>(
  work: Promise<Answer>,
  signal: AbortSignal,
  timeoutMs?: number,
): Promise<Answer> => {
  let giveUp: (error: Error) => void = () => undefined;
  const given = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  const stop = (): void => giveUp(new GivenUp(false, 'The service stops'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const silent = (): void => giveUp(new GivenUp(false, 'WhatsApp does not answer'));
  const timer = timeoutMs === undefined ? undefined : setTimeout(silent, timeoutMs);
  work.catch(() => undefined); // whoever gave up does not hear of it
  try {
    return await Promise.race([work, given]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
};
