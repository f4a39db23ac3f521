import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { WASocket } from '@whiskeysockets/baileys';
import { DownloadFailed, QueryFailed } from '../errors.js';
import { renewMedia } from './media-renewal.js';

const message = { whatsappId: 'M1', chat: '491701111111@s.whatsapp.net', fromMe: false, participant: null };
const media = { kind: 'image', url: null, directPath: '/old', sealedKey: 'sealed', sha256: null } as const;

const refusal = (statusCode: number): Error => Object.assign(new Error('no'), { output: { statusCode } });

/** A file is asked for, and the phone answers each question with these updates. */
const renewed = (...updates: readonly { readonly id: string; readonly error?: Error }[]) => {
  const ev = new EventEmitter();
  const answers = updates.map(({ id, error }) => ({ key: { id }, ...(error && { error }) }));
  const socket = {
    ev,
    authState: { creds: { me: { id: '491702222222:1@s.whatsapp.net' } } },
    sendNode: async () => void ev.emit('messages.media-update', answers),
  };
  const asked = renewMedia(socket as unknown as WASocket, message, media, Buffer.alloc(32), 10);
  return asked.catch((error: unknown) => error);
};

describe('a phone that is asked for a file', () => {
  it('says that it does not have it', async () => {
    expect(await renewed({ id: 'M1', error: refusal(404) })).toBeUndefined();
  });

  it('has answered where it cannot upload the file: asking it for others may help', async () => {
    const failed = await renewed({ id: 'M1', error: refusal(418) });
    expect(failed).toBeInstanceOf(DownloadFailed);
    expect(failed).toMatchObject({ gone: false });
    expect(await renewed({ id: 'M1' })).toBeInstanceOf(DownloadFailed);
  });

  it('has not answered where nothing comes, or something about another file', async () => {
    expect(await renewed()).toBeInstanceOf(QueryFailed);
    expect(await renewed({ id: 'M2' })).toBeInstanceOf(QueryFailed);
  });
});
