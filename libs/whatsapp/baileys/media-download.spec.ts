import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MasterKey } from '#lib/vault';
import { mediaDownloader } from './media-download.js';

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
