import { Inject, Injectable } from '@nestjs/common';
import type { KeptFile, MediaFiles } from '#lib/media-files';
import { erasureEvents } from '../../messaging/erasure.contract.js';
import { Streams } from '../../platform/streams/streams.js';
import { Contents } from '../contents.js';
import { MEDIA_FILES } from '../open-files.js';
import { Cleaner } from './cleaner.js';
import { Needs, unsettledSince } from './needs.js';

const maxPageFiles = 500;

/** `removed` contents are gone; those of files that are not cleaned have `bytes` together. */
type Swept = { readonly removed: number; readonly bytes: number };

/** Removes the contents that no file has any more and no message needs, and what a crash left behind before it was recorded. */
@Injectable()
export class ContentRemover {
  constructor(
    @Inject(MEDIA_FILES) private readonly files: MediaFiles,
    private readonly streams: Streams,
    private readonly contents: Contents,
    private readonly needs: Needs,
    private readonly cleaner: Cleaner,
  ) {}

  /** Looks at everything that is stored. @throws {Transient} */
  async sweep(signal: AbortSignal): Promise<Swept> {
    await this.needs.fresh();
    let removed = 0;
    let bytes = 0;
    for await (const page of pages(this.files.list())) {
      if (signal.aborted) break;
      const swept = await this.sweepPage(page);
      removed += swept.removed;
      bytes += swept.bytes;
    }
    return { removed, bytes };
  }

  /** Of one user. */
  private async sweepPage(page: readonly KeptFile[]): Promise<Swept> {
    const [{ userId } = { userId: '' }] = page;
    if (await this.isErased(userId)) {
      await this.cleaner.cleanAllOf(userId);
      await this.files.removeAll(userId);
      return { removed: page.length, bytes: 0 };
    }
    const stored = await this.needs.stored(
      userId,
      page.map(({ sha256 }) => sha256),
    );
    const others = page.filter(({ sha256, keptAt }) => !stored.has(sha256) && keptAt <= unsettledSince());
    let removed = 0;
    for (const file of others) if (await this.removeUnneeded(file)) removed += 1;
    const bytes = page.reduce((sum, { sha256, size }) => sum + (stored.has(sha256) ? size : 0), 0);
    return { removed, bytes };
  }

  /** What was stored once more since it was listed is recorded by now, or waits for this. */
  private removeUnneeded({ userId, sha256 }: KeptFile): Promise<boolean> {
    return this.contents.exclusively({ userId, sha256 }, async () => {
      await this.needs.fresh();
      const [stored, awaited] = [await this.needs.stored(userId, [sha256]), await this.needs.awaited(userId, [sha256])];
      if (stored.has(sha256) || awaited.has(sha256)) return false;
      await this.files.remove(userId, sha256);
      return true;
    });
  }

  /** An upload may have ended after the files of its user were erased. */
  private async isErased(userId: string): Promise<boolean> {
    return (await this.streams.events(erasureEvents, userId, { limit: 1 })).length > 0;
  }
}

async function* pages(files: AsyncIterable<KeptFile>): AsyncGenerator<readonly KeptFile[]> {
  let page: KeptFile[] = [];
  for await (const file of files) {
    if (page.length >= maxPageFiles || (page[0] && page[0].userId !== file.userId)) {
      yield page;
      page = [];
    }
    page.push(file);
  }
  if (page.length > 0) yield page;
}
