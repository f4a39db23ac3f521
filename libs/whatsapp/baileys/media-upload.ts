import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { getMediaKeys, type WASocket } from '@whiskeysockets/baileys';
import { Agent, request, type Dispatcher } from 'undici';
import { Transient } from '#lib/async';
import type { MediaKind, UploadedMedia } from '../content.js';
import { UploadFailed } from '../errors.js';
import type { FileToUpload, MediaToUpload } from '../port.js';
import { isOpenFile, piecesOf } from './file-pieces.js';
import { encryptedMedia } from './media-encryption.js';
import { postedAddressOf } from './media-upload-answer.js';
import type { BaileysOptions, Timing } from './options.js';
import { proxyDispatcher } from './proxy.js';
import { openScratchFile, type ScratchFile } from './scratch-file.js';
import { sentMediaKeys } from './sent-media-keys.js';

type MediaServers = Awaited<ReturnType<WASocket['refreshMediaConn']>>;
/** Asks WhatsApp for its media servers, and for a permit to upload to them; anew with `refresh`. */
type AskForServers = (refresh: boolean) => Promise<Pick<MediaServers, 'auth' | 'hosts'>>;
/** A file as it is uploaded, its hash, and by way of what it is sent. */
type ReadyFile = {
  readonly path: string;
  readonly hash: Buffer;
  readonly scratch: ScratchFile;
  readonly dispatcher: Dispatcher;
};
type Posted = Pick<UploadedMedia, 'url' | 'directPath' | 'handle'>;

const pathOf: { readonly [Kind in MediaKind]: string } = {
  image: '/mms/image',
  video: '/mms/video',
  audio: '/mms/audio',
  document: '/mms/document',
  sticker: '/mms/image',
};

/** Where files for channels go, which are not encrypted. */
const publicPathOf = (kind: MediaKind): string => `/newsletter/newsletter-${kind === 'sticker' ? 'image' : kind}`;

/** Uploads are watched here: these would also end a slow one that goes on. */
const timeouts = { headersTimeout: 0, bodyTimeout: 0 };

/** The permit is not valid, or no longer. */
const notPermitted = new Set([401, 403]);

/**
 * Uploads files to WhatsApp. The hash of what is sent is in the address that it is sent to, so it is encrypted to the disk first:
 * memory does not grow with the file. Baileys' own functions are not used: they run a shell for thumbnails, and read URLs and paths.
 */
export class MediaUploads {
  private readonly direct: Agent;
  private readonly closed = new AbortController();

  constructor(
    private readonly options: Pick<BaileysOptions, 'ca' | 'key' | 'proxies' | 'scratchDirectory'>,
    private readonly timing: Pick<Timing, 'uploadIdleTimeoutMs'>,
  ) {
    this.direct = new Agent({ ...timeouts, ...(options.ca !== undefined && { connect: { ca: options.ca } }) });
  }

  /** @throws {UploadFailed} {UploadDiskUnavailable} {Transient} of what keeps the file, and what `servers` throws. */
  async upload(
    sessionId: string,
    media: MediaToUpload,
    file: FileToUpload,
    servers: AskForServers,
  ): Promise<UploadedMedia> {
    const scratch = await openScratchFile(this.options.scratchDirectory).catch(async (error: unknown) => {
      await close(file);
      throw error;
    });
    try {
      const { kind, isPublic } = media;
      const prepared = isPublic ? this.copy(media, file, scratch) : this.encrypt(sessionId, media, file, scratch);
      const hash = await prepared.catch((error: unknown) => {
        throw failureOf(error);
      });
      const proxy = await this.options.proxies(sessionId);
      const dispatcher = proxy ? proxyDispatcher(proxy, this.options.ca, timeouts) : this.direct;
      const path = isPublic ? publicPathOf(kind) : pathOf[kind];
      const posted = await this.send({ path, hash, scratch, dispatcher }, servers);
      const encryptedSha256 = isPublic ? null : hash.toString('base64');
      return { ...posted, encryptedSha256, uploadedAt: new Date().toISOString() };
    } finally {
      await scratch.close();
      if (isOpenFile(file)) await file.close();
    }
  }

  /** Uploads that are under way fail. */
  close(): void {
    this.closed.abort(new Error('The connections are closed'));
    void this.direct.destroy();
  }

  /** Resolves with the hash of the encrypted file. */
  private async encrypt(
    sessionId: string,
    { whatsappId, kind, size, sha256 }: MediaToUpload,
    file: FileToUpload,
    scratch: ScratchFile,
  ): Promise<Buffer> {
    const key = sentMediaKeys(this.options.key, sessionId)(whatsappId, sha256);
    const encrypting = encryptedMedia(readable(file, size), await getMediaKeys(key, kind));
    let written = Promise.resolve(); // a chunk is encrypted while the one before is written
    try {
      for (let next = await encrypting.next(); ; next = await encrypting.next()) {
        await written;
        if (next.done) {
          if (next.value.size === size && next.value.sha256 === sha256) return next.value.encryptedSha256;
          throw anotherFile();
        }
        this.closed.signal.throwIfAborted();
        written = scratch.write(next.value);
        written.catch(() => undefined); // it is awaited later
      }
    } finally {
      await encrypting.return(undefined as never); // the file is read no further
      await written.catch(() => undefined);
    }
  }

  /** The same without encryption. */
  private async copy({ size, sha256 }: MediaToUpload, file: FileToUpload, to: ScratchFile): Promise<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of readable(file, size)) {
      this.closed.signal.throwIfAborted();
      hash.update(chunk);
      await to.write(chunk);
    }
    const digest = hash.digest();
    if (to.size() === size && digest.toString('base64') === sha256) return digest;
    throw anotherFile();
  }

  /** To the first server that takes it. */
  private async send(file: ReadyFile, servers: AskForServers): Promise<Posted> {
    let failure = new UploadFailed({ kind: 'interrupted' }, 'WhatsApp named no server for files');
    for (const refresh of [false, true]) {
      const { hosts, auth } = await servers(refresh);
      for (const { hostname } of hosts) {
        try {
          return await this.post(addressOf(hostname, file, auth), file);
        } catch (error) {
          const failed = failureOf(error);
          if (failed instanceof Transient) throw failed;
          failure = failed;
        }
      }
      if (!(failure.outcome.kind === 'refused' && notPermitted.has(failure.outcome.status))) break;
    }
    throw failure;
  }

  private async post(address: URL, { scratch, dispatcher }: ReadyFile): Promise<Posted> {
    const idle = new AbortController();
    const giveUp = (): void => idle.abort(new Error('WhatsApp did not go on with the upload in time'));
    const timer = setTimeout(giveUp, this.timing.uploadIdleTimeoutMs);
    const body = watched(scratch, () => timer.refresh());
    try {
      const answer = await request(address, {
        method: 'POST',
        headers: {
          origin: 'https://web.whatsapp.com',
          'content-type': 'application/octet-stream',
          'content-length': String(scratch.size()),
        },
        body: body as AsyncIterable<Uint8Array> as Readable, // any iterable will do, but the types do not say so
        dispatcher,
        signal: AbortSignal.any([idle.signal, this.closed.signal]),
      });
      if (answer.statusCode === 200) return await postedAddressOf(answer.body);
      await answer.body.dump();
      const { statusCode: status } = answer;
      throw new UploadFailed({ kind: 'refused', status }, `WhatsApp answered with status ${status}`);
    } finally {
      clearTimeout(timer);
      void body.return(undefined);
    }
  }
}

const addressOf = (hostname: string, { path, hash }: ReadyFile, auth: string): URL => {
  const token = hash.toString('base64url');
  const address = new URL(`https://${hostname}${path}/${token}`);
  address.search = new URLSearchParams({ auth, token }).toString();
  return address;
};

/** The HTTP client asks for a piece once the one before is in the socket: none is kept longer than it holds its bytes. */
async function* watched(scratch: ScratchFile, onRead: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of scratch.read()) {
    onRead();
    yield piece;
  }
}

/** Fails as soon as more comes than was announced: the disk does not fill with it. */
async function* readable(file: FileToUpload, size: number): AsyncGenerator<Uint8Array> {
  let read = 0;
  try {
    for await (const chunk of isOpenFile(file) ? piecesOf(file) : file) {
      read += chunk.length;
      if (read > size) break;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Transient) throw error;
    const message = `The file could not be read: ${messageOf(error)}`;
    if (isOpenFile(file)) throw new Transient(message, { cause: error });
    throw new UploadFailed({ kind: 'unreadable' }, message, { cause: error });
  }
  if (read > size) throw anotherFile();
}

const close = async (file: FileToUpload): Promise<void> => {
  if (isOpenFile(file)) await file.close();
  else await file[Symbol.asyncIterator]().return?.();
};

const anotherFile = (): UploadFailed =>
  new UploadFailed({ kind: 'unreadable' }, 'The file is not the one that was to be sent');

const failureOf = (error: unknown): UploadFailed | Transient =>
  error instanceof UploadFailed || error instanceof Transient
    ? error
    : new UploadFailed({ kind: 'interrupted' }, `The upload was interrupted: ${messageOf(error)}`, { cause: error });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
