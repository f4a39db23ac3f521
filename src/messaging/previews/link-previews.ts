import type { TextDecoder } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { keyedQueue } from '#lib/async';
import { FetchFailed, UrlNotAllowed, type FetchedFile, type Outbound } from '#lib/outbound';
import type { Log } from '#lib/subscriptions';
import { OUTBOUND } from '../../media/outbound.contract.js';
import { LOG } from '../../platform/tokens.js';
import type { PreviewResult } from '../message.commands.js';
import { smallJpegOf } from '../outbox/thumbnail.js';
import { firstUrlIn } from './first-url.rules.js';
import type { Page } from './page.js';

/** A message does not wait longer for each of the two. */
const pageTimeoutMs = 10_000;
const imageTimeoutMs = 10_000;
/** The head of a page comes first. */
const maxPageBytes = 1024 * 1024;
const maxImageBytes = 4 * 1024 * 1024;
const thumbnailSize = { maxSide: 192, maxBytes: 24 * 1024 };
/** Of all sessions together; each has one at a time. */
const maxConcurrent = 8;
/** A campaign sends the same link to many. */
const maxRemembered = 200;
const rememberedForMs = 5 * 60_000;

/** Makes the previews of links, from what the linked servers answer. */
@Injectable()
export class LinkPreviews {
  private readonly queue = keyedQueue({ maxConcurrent });
  private readonly remembered = new LRUCache<string, PreviewResult>({ max: maxRemembered, ttl: rememberedForMs });

  constructor(
    @Inject(OUTBOUND) private readonly outbound: Outbound,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Of the first URL in a text. Never rejects. */
  async of(text: string, { sessionId }: { readonly sessionId: string }): Promise<PreviewResult> {
    const url = firstUrlIn(text);
    if (url === undefined) return { problem: 'It has no link.' };
    return this.queue.run(sessionId, async () => {
      const key = `${sessionId} ${url}`;
      const result = this.remembered.get(key) ?? (await this.fetched(url));
      this.remembered.set(key, result);
      return result;
    });
  }

  private async fetched(url: string): Promise<PreviewResult> {
    try {
      const { page, base } = await this.pageAt(url);
      const { title, description, image } = page;
      if (title === null) return { problem: 'The page has no title.' };
      return {
        preview: { url, title, description, thumbnail: image === null ? null : await this.thumbnailOf(image, base) },
      };
    } catch (error) {
      if (error instanceof FetchFailed || error instanceof UrlNotAllowed) return { problem: `${error.message}.` };
      this.log.error({ err: error }, 'The preview of a link could not be made');
      return { problem: 'The page could not be read.' };
    }
  }

  private async pageAt(url: string): Promise<{ readonly page: Page; readonly base: string }> {
    const { bytes, mimeType = '', url: base } = await this.outbound.get(url, { timeoutMs: pageTimeoutMs });
    const { decoderOf, PageReader } = await import('./page.js'); // with its parser: few messages have a link
    const reader = new PageReader();
    let decoder: TextDecoder | undefined;
    let size = 0;
    for await (const part of bytes) {
      if (!/html/i.test(mimeType)) throw new FetchFailed('The link leads to no page');
      decoder ??= decoderOf(mimeType, part);
      size += part.length;
      if (!reader.read(decoder.decode(part, { stream: true })) || size > maxPageBytes) break;
    }
    return { page: reader.page, base };
  }

  /** The message goes without a picture that cannot be had. */
  private async thumbnailOf(image: string, base: string): Promise<string | null> {
    if (!URL.canParse(image, base)) return null;
    try {
      const file = await this.outbound.get(new URL(image, base).href, { timeoutMs: imageTimeoutMs });
      return await smallJpegOf(await bytesOf(file), thumbnailSize);
    } catch (error) {
      if (error instanceof FetchFailed || error instanceof UrlNotAllowed) return null;
      throw error;
    }
  }
}

const bytesOf = async ({ bytes }: FetchedFile): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > maxImageBytes) throw new FetchFailed('The picture is too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
};
