import { randomBytes, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { downloadContentFromMessage, type AnyMediaMessageContent } from '@whiskeysockets/baileys';
import { buffer } from 'node:stream/consumers';
import {
  BlobStore,
  decryptMedia,
  encryptMedia,
  startMediaServer,
  TlsAuthority,
  type MediaServer,
} from '#lib/whatsapp-sandbox/media';
import { mediaClient, type MediaClient } from './client.js';

const mebibyte = 2 ** 20;
let authority: TlsAuthority;
let server: MediaServer;
let client: MediaClient;

const start = async (trusted = authority) =>
  startMediaServer({ host: '127.0.0.1', port: 0, authority: trusted, store: await BlobStore.open() });

beforeAll(async () => {
  authority = await TlsAuthority.generate();
  server = await start();
  client = mediaClient(server, authority.certificate);
});

afterAll(async () => {
  await client.close();
  await server.close();
});

describe('an unmodified Baileys client', () => {
  const jpegThumbnail = '';
  const contents = {
    image: (bytes) => ({ image: bytes, jpegThumbnail }),
    video: (bytes) => ({ video: bytes, jpegThumbnail }),
    audio: (bytes) => ({ audio: bytes, seconds: 1, mimetype: 'audio/mp4' }),
    document: (bytes) => ({ document: bytes, mimetype: 'application/pdf', fileName: 'a.pdf' }),
    sticker: (bytes) => ({ sticker: bytes }),
  } as const satisfies Record<string, (bytes: Buffer) => AnyMediaMessageContent>;
  const kinds = Object.keys(contents) as (keyof typeof contents)[];

  it.each(kinds)('gets back the %s that it uploaded, and the sandbox can decrypt it', async (kind) => {
    const bytes = randomBytes(100_003);
    const sent = await client.upload(contents[kind](bytes));
    expect(bytes.equals(await client.download(sent))).toBe(true);

    const { directPath, mediaKey, fileSha256, fileEncSha256, fileLength } = sent.message?.[`${kind}Message`] ?? {};
    const ciphertext = await server.read(directPath ?? '');
    const expected = { fileSha256: fileSha256!, fileEncSha256: fileEncSha256!, fileLength: Number(fileLength) };
    expect(bytes.equals(decryptMedia(ciphertext!, mediaKey!, kind, expected))).toBe(true);
  });

  it.each([0, 1, 15, 16, 17, 65_536])('decrypts %i bytes that the sandbox encrypted', async (length) => {
    const bytes = randomBytes(length);
    const { ciphertext, ...sealed } = encryptMedia(bytes, 'document');
    const message = { documentMessage: { ...sealed, ...(await server.publish(ciphertext)) } };
    expect(await client.download({ key: { id: 'A2' }, message })).toEqual(bytes);
  });

  it('decrypts a history blob', async () => {
    const bytes = randomBytes(5_000);
    const { ciphertext, mediaKey } = encryptMedia(bytes, 'history');
    const stream = await downloadContentFromMessage(
      { mediaKey, ...(await server.publish(ciphertext)) },
      'md-msg-hist',
      { options: client.options },
    );
    expect(await buffer(stream)).toEqual(bytes);
  });

  it('uploads and downloads 20 MiB', async () => {
    const bytes = randomBytes(20 * mebibyte);
    const sent = await client.upload(contents.document(bytes));
    expect((await client.download(sent)).equals(bytes)).toBe(true);
  }, 30_000);

  it('downloads a range', async () => {
    const bytes = randomBytes(10_000);
    const { ciphertext, mediaKey } = encryptMedia(bytes, 'video');
    const location = { mediaKey, ...(await server.publish(ciphertext)) };
    const { options } = client;
    const [startByte, endByte] = [1_600, 4_807];
    const stream = await downloadContentFromMessage(location, 'video', { startByte, endByte, options });
    expect(await buffer(stream)).toEqual(bytes.subarray(startByte, endByte));
  });

  it('refuses modified bytes', async () => {
    const bytes = randomBytes(1_000);
    const { ciphertext, ...sealed } = encryptMedia(bytes, 'image');
    // Baileys checks neither MAC nor hash, so only invalid padding is noticed: here the last byte exceeds a block.
    ciphertext[ciphertext.length - 27]! ^= 0xf0;
    const message = { imageMessage: { ...sealed, ...(await server.publish(ciphertext)) } };
    const got = await client.download({ key: { id: 'A3' }, message }).catch((error: unknown) => error);
    expect(got).toMatchObject({ code: 'ERR_OSSL_BAD_DECRYPT' });
  });
});

describe('trust', () => {
  const bytes = randomBytes(500);
  const document = { document: bytes, mimetype: 'text/plain' };

  it.each([
    ['no authority', async () => undefined],
    ['another authority', async () => (await TlsAuthority.generate()).certificate],
  ])('with %s the client neither uploads nor downloads', async (_name, ca) => {
    const sent = await client.upload(document);
    const stranger = mediaClient(server, await ca());
    try {
      await expect(stranger.upload(document)).rejects.toThrow('Media upload failed on all hosts');
      await expect(stranger.download(sent)).rejects.toMatchObject({
        cause: { code: expect.stringMatching(/^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/) },
      });
      expect(await client.download(sent)).toEqual(bytes);
    } finally {
      await stranger.close();
    }
  });

  it('survives a restart: the restored authority is trusted and accepts its earlier tokens', async () => {
    const before = server.issueAuth();
    const restored = TlsAuthority.restore(JSON.parse(JSON.stringify(authority.snapshot())));
    const next = await start(restored);
    const sameCa = mediaClient({ ...next, issueAuth: () => before }, authority.certificate);
    try {
      expect(await sameCa.download(await sameCa.upload(document))).toEqual(bytes);
    } finally {
      await sameCa.close();
      await next.close();
    }
  });

  it('is refused to a snapshot whose key does not belong to its certificate', async () => {
    const { privateKey } = (await TlsAuthority.generate()).snapshot();
    expect(() => TlsAuthority.restore({ ...authority.snapshot(), privateKey })).toThrow('does not belong');
  });

  it('covers loopback and the requested hosts', async () => {
    const certificate = new X509Certificate((await authority.issue(['sandbox', '10.1.2.3'])).cert);
    const ca = new X509Certificate(authority.certificate);
    expect(['127.0.0.1', '::1', '10.1.2.3'].map((ip) => certificate.checkIP(ip))).not.toContain(undefined);
    expect(['localhost', 'sandbox'].map((host) => certificate.checkHost(host))).not.toContain(undefined);
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect([ca.ca, certificate.ca, certificate.checkIssued(ca), certificate.verify(ca.publicKey)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});
