import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MasterKey } from '#lib/vault';
import { mediaDownloader } from './media-download.js';
import { plainMedia } from './media-decryption.js';

describe('a received file', () => {
  it.each([
    'https://example.com/file',
    'http://mmg.whatsapp.net/file',
    'https://whatsapp.net.example.com/',
    'no url',
    null,
  ])('is not downloaded from %s', async (url) => {
    const media = { kind: 'image', url, directPath: null, sealedKey: '', sha256: null } as const;
    const download = mediaDownloader({
      key: new MasterKey(randomBytes(32)),
      proxies: () => Promise.resolve(undefined),
    });
    await expect(download('session', media)).rejects.toMatchObject({ name: 'DownloadFailed', gone: true });
  });
});

describe('a file that is not encrypted', () => {
  const chunks = [Buffer.from('open '), Buffer.from('late')];
  async function* coming(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  const read = async (sha256: string | null): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const part of plainMedia(coming(), sha256)) parts.push(part);
    return Buffer.concat(parts).toString();
  };

  it('is taken as it is, where its hash is the one in the message', async () => {
    expect(await read(createHash('sha256').update('open late').digest('base64'))).toBe('open late');
    await expect(read(createHash('sha256').update('another').digest('base64'))).rejects.toThrow('not the one');
    await expect(read(null)).rejects.toThrow('not the one');
  });
});
