import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { MediaFilesUnavailable } from '#lib/media-files';
import { openMediaBucket, type MediaBucket } from '#lib/media-files/s3';
import { eventually } from '../support/eventually.js';
import { S3Server } from '../support/s3-server/server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { mediaFilesContract } from './media-files.contract.js';

type Directory = Awaited<ReturnType<typeof temporaryDirectory>>;

const settingsOf = (server: S3Server) => ({
  bucket: server.bucket,
  region: server.region,
  endpoint: `http://127.0.0.1:${server.port}`,
  ...server.key,
  forcePathStyle: true,
});

mediaFilesContract('in a bucket', async () => {
  const server = await S3Server.start({ pageSize: 2 });
  const staging = await temporaryDirectory();
  const reopen = () =>
    openMediaBucket({ ...settingsOf(server), prefix: 'shared/waybill' }, { stagingDirectory: staging.path });
  const everything = async () => [
    ...server.content.objects.keys(),
    ...server.content.uploads.keys(),
    ...(await readdir(staging.path)),
  ];
  const remove = async (): Promise<void> => {
    await server.stop();
    await staging.remove();
  };
  return { files: await reopen(), reopen, everything, remove };
});

describe('a bucket of media files', () => {
  const user = newId();
  const content = randomBytes(12_000_000);
  const sha256 = createHash('sha256').update(content).digest('hex');
  let server: S3Server;
  let staging: Directory;
  let files: MediaBucket;

  const open = (changed: object = {}, idleTimeoutMs = 2000) =>
    openMediaBucket({ ...settingsOf(server), ...changed }, { stagingDirectory: staging.path, idleTimeoutMs });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
  }
  const keep = async (): Promise<void> => files.keep(user, await files.stage(chunks(), content.length));

  beforeEach(async () => {
    server = await S3Server.start();
    staging = await temporaryDirectory();
    files = await open();
  });
  afterEach(async () => {
    await server.stop();
    await staging.remove();
  });

  it('takes a large file in parts, under the name that it has in a directory', async () => {
    await keep();
    expect(server.asked.filter((operation) => operation === 'UploadPart')).toHaveLength(3);
    expect([...server.content.objects.keys()]).toEqual([`${user}/${sha256.slice(0, 2)}/${sha256}`]);
    expect((await buffer(await files.open(user, sha256))).equals(content)).toBe(true);
  });

  it('tries again what the server refuses for the moment', async () => {
    server.fail('UploadPart', 'slow-down', 2);
    server.fail('GetObject', 'slow-down');
    await keep();
    expect((await buffer(await files.open(user, sha256))).equals(content)).toBe(true);
  });

  it('has nothing of a file that could not be stored, which stays staged until it can be', async () => {
    const staged = await files.stage(chunks(), content.length);
    server.fail('UploadPart', 'slow-down', 20);
    await expect(files.keep(user, staged)).rejects.toThrow(/SlowDown \(503\)/);
    expect([server.content.objects.size, server.content.uploads.size]).toEqual([0, 0]);
    expect(await readdir(staging.path)).toHaveLength(1);
  });

  it.each(['cut', 'stall'] as const)('ends a download with an error where the connection is: %s', async (kind) => {
    await keep();
    server.fail('GetObject', kind);
    await expect(buffer(await files.open(user, sha256))).rejects.toThrow(MediaFilesUnavailable);
    expect((await buffer(await files.open(user, sha256))).equals(content)).toBe(true);
  });

  it('ends the request of a download that is stopped', async () => {
    await keep();
    server.fail('GetObject', 'stall');
    const patient = await open({}, 60_000);
    const stream = await patient.open(user, sha256);
    expect(server.unanswered.size).toBe(1);
    stream.destroy();
    await eventually(() => server.unanswered.size === 0);
  });

  it('opens while the server is away, says so, and goes on by itself', async () => {
    await keep();
    const { port, content: kept, key } = server;
    const settings = settingsOf(server);
    await server.stop();
    const away = await openMediaBucket(settings, { stagingDirectory: staging.path });
    for (const asking of [
      () => away.ready(),
      () => away.open(user, sha256),
      () => away.size(user, sha256),
      () => away.remove(user, sha256),
      () => away.removeAll(user),
    ])
      await expect(asking()).rejects.toThrow(MediaFilesUnavailable);
    server = await S3Server.start({ port, content: kept, key });
    await away.ready();
    expect(await away.size(user, sha256)).toBe(content.length);
  });

  it.each([
    [{ bucket: 'another' }, /another cannot be used: NoSuchBucket \(404\)/],
    [{ secretAccessKey: 'hunter2' }, /SignatureDoesNotMatch \(403\)/],
    [{ accessKeyId: 'hunter2' }, /InvalidAccessKeyId \(403\)/],
    [{ region: 'eu-test-2' }, /AuthorizationHeaderMalformed \(400\)/],
  ])('is not opened where the server refuses: %j', async (wrong, reason) => {
    await expect(open(wrong)).rejects.toThrow(reason);
    await expect(open(wrong)).rejects.not.toThrow(/hunter2/);
  });

  it('that is gone is no file that is missing', async () => {
    Object.assign(server, { bucket: 'renamed' });
    await expect(files.size(user, sha256)).rejects.toThrow(MediaFilesUnavailable);
    await expect(files.open(user, sha256)).rejects.toThrow(MediaFilesUnavailable);
  });
});
