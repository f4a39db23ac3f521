import { GetBucketAclCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { S3Server } from './server.js';

let server: S3Server;
let client: S3Client;

beforeAll(async () => {
  server = await S3Server.start();
  const endpoint = `http://127.0.0.1:${server.port}`;
  client = new S3Client({ region: server.region, endpoint, credentials: server.key, forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

describe('the server of S3', () => {
  const name = () => ({ Bucket: server.bucket, Key: 'a/file' });

  it('refuses whoever does not sign', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/${server.bucket}/a/file`, { method: 'PUT', body: 'x' });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
    expect(server.content.objects.size).toBe(0);
  });

  it.each([
    ['operations', () => client.send(new GetBucketAclCommand({ Bucket: server.bucket }))],
    ['headers', () => client.send(new PutObjectCommand({ ...name(), Body: 'x', StorageClass: 'GLACIER' }))],
    ['ranges', () => client.send(new GetObjectCommand({ ...name(), Range: 'lines=1-2' }))],
  ])('refuses what it does not know: %s', async (_what, asking) => {
    server.content.put('a/file', Buffer.from('abc'));
    await expect(asking()).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});
