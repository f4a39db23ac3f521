import type { BucketContent } from './bucket.js';
import { notImplemented, S3Problem } from './problem.js';

/** A request whose signature is right. */
export type S3Request = {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly range: string | undefined;
  readonly body: Buffer;
};

export type S3Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

type Operation = (request: S3Request, content: BucketContent, pageSize: number) => S3Answer;

/** By method, whether there is a key, and the names of the query. */
const operations = {
  'GET bucket list-type,max-keys,prefix': 'ListObjectsV2',
  'GET bucket continuation-token,list-type,max-keys,prefix': 'ListObjectsV2',
  'GET key': 'GetObject',
  'HEAD key': 'HeadObject',
  'PUT key': 'PutObject',
  'DELETE key': 'DeleteObject',
  'POST key uploads': 'CreateMultipartUpload',
  'PUT key partNumber,uploadId': 'UploadPart',
  'POST key uploadId': 'CompleteMultipartUpload',
  'DELETE key uploadId': 'AbortMultipartUpload',
} as const;

export type OperationName = (typeof operations)[keyof typeof operations];

/** What is asked for. A client may name it in `x-id`, and has to be right then. @throws {S3Problem} nothing that is known. */
export const operationOf = (method: string, { key, query }: Pick<S3Request, 'key' | 'query'>): OperationName => {
  const names = [...query.keys()].filter((name) => name !== 'x-id').sort();
  const asked = [method, key === '' ? 'bucket' : 'key', ...(names.length > 0 ? [names.join(',')] : [])].join(' ');
  const known: Readonly<Record<string, OperationName>> = operations;
  const operation = known[asked];
  if (operation === undefined || (query.get('x-id') ?? operation) !== operation) throw notImplemented();
  return operation;
};

const one = (request: S3Request, name: string): string => request.query.get(name) ?? '';

const xml = (name: string, inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;

/** What each of them does. */
export const operate: Readonly<Record<OperationName, Operation>> = {
  ListObjectsV2: (request, content, pageSize) => {
    if (one(request, 'list-type') !== '2') throw notImplemented();
    const after = Buffer.from(one(request, 'continuation-token'), 'base64url').toString();
    const keys = content.keys(one(request, 'prefix'), after);
    const shown = keys.slice(0, Math.min(pageSize, Number(one(request, 'max-keys'))));
    const entries = shown.map((key) => {
      const { bytes, etag, modified } = content.get(key);
      const time = modified.toISOString().replace(/\.\d+/, '.000');
      return `<Contents><Key>${key}</Key><LastModified>${time}</LastModified><ETag>${etag}</ETag><Size>${bytes.length}</Size></Contents>`;
    });
    const more = shown.length < keys.length;
    const next = Buffer.from(shown.at(-1) ?? '').toString('base64url');
    const state = `<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}`;
    return {
      status: 200,
      body: xml('ListBucketResult', `<KeyCount>${shown.length}</KeyCount>${state}${entries.join('')}`),
    };
  },
  GetObject: ({ key, range }, content) => {
    const { bytes, etag } = content.get(key);
    if (range === undefined) return { status: 200, headers: { etag }, body: bytes };
    const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    if (first === '' || Number(first) > Number(last)) throw notImplemented();
    if (Number(first) >= bytes.length) throw new S3Problem(416, 'InvalidRange');
    const part = bytes.subarray(Number(first), Number(last) + 1);
    const at = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
    return { status: 206, headers: { etag, 'content-range': at }, body: part };
  },
  HeadObject: ({ key }, content) => {
    const { bytes, etag } = content.get(key);
    return { status: 200, headers: { etag, 'content-length': String(bytes.length) } };
  },
  PutObject: ({ key, body }, content) => ({ status: 200, headers: { etag: content.put(key, body).etag } }),
  DeleteObject: ({ key }, content) => {
    content.objects.delete(key);
    return { status: 204 };
  },
  CreateMultipartUpload: ({ bucket, key }, content) => {
    const id = content.begin(key);
    const inner = `<Bucket>${bucket}</Bucket><Key>${key}</Key><UploadId>${id}</UploadId>`;
    return { status: 200, body: xml('InitiateMultipartUploadResult', inner) };
  },
  UploadPart: (request, content) => {
    const { key, body } = request;
    const { etag } = content.putPart(key, one(request, 'uploadId'), Number(one(request, 'partNumber')), body);
    return { status: 200, headers: { etag } };
  },
  CompleteMultipartUpload: (request, content) => {
    const { bucket, key, body } = request;
    const parts = Array.from(body.toString().matchAll(/<Part>(.*?)<\/Part>/gs), ([, part = '']) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
    }));
    const { etag } = content.complete(key, one(request, 'uploadId'), parts);
    const inner = `<Bucket>${bucket}</Bucket><Key>${key}</Key><ETag>${etag}</ETag>`;
    return { status: 200, body: xml('CompleteMultipartUploadResult', inner) };
  },
  AbortMultipartUpload: (request, content) => {
    content.abort(request.key, one(request, 'uploadId'));
    return { status: 204 };
  },
};
