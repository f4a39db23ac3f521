import { describe, expect, it } from '@jest/globals';
import { mediaDownloader } from './media-download.js';

describe('a received file', () => {
  it.each([
    'https://example.com/file',
    'http://mmg.whatsapp.net/file',
    'https://whatsapp.net.example.com/',
    'no url',
    null,
  ])('is not downloaded from %s', async (url) => {
    const media = { kind: 'image', url, directPath: null, mediaKey: '', sha256: null } as const;
    await expect(mediaDownloader(undefined)(media)).rejects.toMatchObject({ name: 'DownloadFailed', gone: true });
  });
});
