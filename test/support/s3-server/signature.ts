import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { S3Problem } from './problem.js';

export type Key = { readonly accessKeyId: string; readonly secretAccessKey: string };

type Signed = {
  readonly method: string;
  /** As it was sent: encoded. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
const maxSkewMs = 15 * 60 * 1000;

/** Checks Signature Version 4 in the header, over everything that has to be signed. @throws {S3Problem} */
export const assertSigned = (request: Signed, region: string, key: Key): void => {
  const { headers, body } = request;
  const [, id, day = '', ofRegion = '', names = '', signature = ''] =
    authorization.exec(headers.authorization ?? '') ?? [];
  if (id === undefined) throw new S3Problem(403, 'AccessDenied');
  if (id !== key.accessKeyId) throw new S3Problem(403, 'InvalidAccessKeyId');
  if (ofRegion !== region) throw new S3Problem(400, 'AuthorizationHeaderMalformed');
  const signed = names.split(';');
  const toSign = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  if (toSign.some((name) => !signed.includes(name))) throw new S3Problem(403, 'AccessDenied');
  const time = String(headers['x-amz-date']);
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!time.startsWith(day) || !(Math.abs(Date.now() - at) < maxSkewMs))
    throw new S3Problem(403, 'RequestTimeTooSkewed');
  const content = headers['x-amz-content-sha256'];
  if (content !== sha256(body)) throw new S3Problem(400, 'XAmzContentSHA256Mismatch');
  const lines = signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const canonical = [request.method, request.path, sorted(request.query), lines.join(''), names, content].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const signing = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${key.secretAccessKey}`);
  if (!timingSafeEqual(hmac(signing, text), Buffer.from(signature, 'hex')))
    throw new S3Problem(403, 'SignatureDoesNotMatch');
};

const sorted = (query: string): string =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&');

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
