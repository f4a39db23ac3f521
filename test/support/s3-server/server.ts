import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { BucketContent } from './bucket.js';
import { operate, operationOf, type OperationName, type S3Answer } from './operations.js';
import { notImplemented, S3Problem } from './problem.js';
import { assertSigned, type Key } from './signature.js';

/** What becomes of the next requests of an operation: refused for now, cut in the middle of the answer, or left there. */
type Fault = { readonly operation: OperationName; readonly kind: 'slow-down' | 'cut' | 'stall'; count: number };

/** Headers of the protocol that mean something here, or nothing. All others are refused. */
const knownHeaders = new Set(['x-amz-date', 'x-amz-content-sha256', 'x-amz-user-agent']);
const keyPattern = /^[\w./-]*$/;

const newKey = (): Key => ({
  accessKeyId: randomBytes(10).toString('hex'),
  secretAccessKey: randomBytes(20).toString('base64'),
});

/** S3 on the wire, with one bucket in memory: checks every signature, and refuses what it does not know. */
export class S3Server {
  readonly bucket = 'waybill-files';
  readonly region = 'eu-test-1';
  /** What was asked for, in order. */
  readonly asked: OperationName[] = [];
  /** Answers that are not at their end. */
  readonly unanswered = new Set<ServerResponse>();
  private readonly faults: Fault[] = [];

  private constructor(
    private readonly server: Server,
    readonly content: BucketContent,
    /** How many objects a list shows at once, at most. */
    private readonly pageSize: number,
    readonly key: Key,
  ) {}

  static async start({
    pageSize = 1000,
    port = 0,
    content = new BucketContent(),
    key = newKey(),
  } = {}): Promise<S3Server> {
    const server = createServer((request, response) => void started.answer(request, response));
    const started = new S3Server(server, content, pageSize, key);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return started;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The configuration of a service that uses it. */
  variables(): Readonly<Record<string, string>> {
    return {
      S3_BUCKET: this.bucket,
      S3_REGION: this.region,
      S3_ENDPOINT: `http://127.0.0.1:${this.port}`,
      S3_ACCESS_KEY_ID: this.key.accessKeyId,
      S3_SECRET_ACCESS_KEY: this.key.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
    };
  }

  fail(operation: OperationName, kind: Fault['kind'], count = 1): void {
    this.faults.push({ operation, kind, count });
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.unanswered.add(response);
    response.once('close', () => this.unanswered.delete(response));
    try {
      const { operation, answer } = await this.answered(request);
      const fault = this.faultOf(operation);
      if (fault === 'slow-down') throw new S3Problem(503, 'SlowDown');
      if (fault) return breakOff(response, answer, fault);
      send(response, answer);
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      const { status, code } = error instanceof S3Problem ? error : new S3Problem(500, 'InternalError');
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
      send(response, { status, ...(request.method !== 'HEAD' && { body }) });
    }
  }

  private async answered(request: IncomingMessage): Promise<{ operation: OperationName; answer: S3Answer }> {
    const { method = '', headers, url = '' } = request;
    const body = await buffer(request);
    const [path = '', query = ''] = url.split('?');
    if (Object.keys(headers).some((name) => name.startsWith('x-amz-') && !knownHeaders.has(name)))
      throw notImplemented();
    if (['PUT', 'POST'].includes(method) && headers['content-length'] === undefined && body.length > 0)
      throw new S3Problem(411, 'MissingContentLength');
    assertSigned({ method, path, query, headers, body }, this.region, this.key);
    const [, bucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(path)) ?? [];
    if (bucket !== this.bucket) throw new S3Problem(404, 'NoSuchBucket');
    if (!keyPattern.test(key)) throw notImplemented();
    const asked = { bucket, key, query: new URLSearchParams(query), range: headers.range, body };
    const operation = operationOf(method, asked);
    this.asked.push(operation);
    return { operation, answer: operate[operation](asked, this.content, this.pageSize) };
  }

  private faultOf(operation: OperationName): Fault['kind'] | undefined {
    const fault = this.faults.find((each) => each.operation === operation && each.count > 0);
    if (fault) fault.count -= 1;
    return fault?.kind;
  }
}

const send = (response: ServerResponse, { status, headers, body = '' }: S3Answer): void => {
  const type = typeof body === 'string' ? 'application/xml' : 'binary/octet-stream';
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { 'content-type': type, ...length, ...headers }).end(body);
};

/** Sends half of it. */
const breakOff = (response: ServerResponse, { status, headers, body = '' }: S3Answer, kind: 'cut' | 'stall'): void => {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
  const sent = (): void => void (kind === 'cut' && response.destroy());
  response.write(bytes.subarray(0, bytes.length / 2), sent);
};
