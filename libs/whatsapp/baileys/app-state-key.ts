import type { BaileysEventMap, WASocket } from '@whiskeysockets/baileys';
import { QueryFailed } from '../errors.js';

/**
 * Resolves once the app state can be read and written: the key for it comes from the phone, soon after the session was linked.
 * @throws {QueryFailed} it did not come in time.
 */
export const untilKeyed = async (
  { authState, ev }: Pick<WASocket, 'authState' | 'ev'>,
  timeoutMs: number,
): Promise<void> => {
  if (authState.creds.myAppStateKeyId !== undefined) return;
  await new Promise<void>((resolve, reject) => {
    const noted = ({ myAppStateKeyId }: BaileysEventMap['creds.update']): void => {
      if (myAppStateKeyId !== undefined) end(resolve);
    };
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      ev.off('creds.update', noted);
      settle();
    };
    const missing = new QueryFailed(null, 'The phone has not sent the key of the app state yet');
    const timer = setTimeout(() => end(() => reject(missing)), timeoutMs).unref();
    ev.on('creds.update', noted);
  });
};
