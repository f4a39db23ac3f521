import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { Views } from '../../platform/views/views.js';
import type { RecordMediaCleaned } from '../media.commands.js';
import type { CleaningReason } from '../media.contract.js';
import { mediaFiles, type MediaFileDocument } from '../media-files.contract.js';
import { oldUpTo, type Retention } from '../retention.rules.js';
import { Needs, unsettledSince } from './needs.js';

/** Injects `Retention`. */
export const RETENTION = Symbol('retention of media');

/** Decides which files can no longer be had, oldest first, and records it. Their contents are removed later. */
@Injectable()
export class Cleaner {
  private readonly context = CommandContext.new({ kind: 'system', id: 'media-cleaning' });

  constructor(
    private readonly commands: CommandBus,
    private readonly views: Views,
    private readonly needs: Needs,
    @Inject(RETENTION) private readonly retention: Retention,
  ) {}

  /** Cleans what is too old and nothing needs; answers how many files that are. @throws {Transient} */
  async cleanOld(signal: AbortSignal): Promise<number> {
    const upTo = oldUpTo(new Date().toISOString(), this.retention);
    if (upTo === null) return 0;
    await this.needs.fresh();
    let cleaned = 0;
    for await (const file of this.oldest(upTo)) {
      if (signal.aborted) break;
      if (await this.clean(file, 'age')) cleaned += 1;
    }
    return cleaned;
  }

  /** Cleans until the contents of all files fit, which have so many bytes together; answers how many files that are. @throws {Transient} */
  async makeRoom(bytes: number, signal: AbortSignal): Promise<number> {
    let excess = bytes - (this.retention.maxBytes ?? Infinity);
    if (excess <= 0) return 0;
    await this.needs.fresh();
    const filesWith = new Map<string, number>();
    let cleaned = 0;
    for await (const file of this.oldest(unsettledSince())) {
      if (excess <= 0 || signal.aborted) break;
      const content = `${file.userId} ${file.sha256}`;
      const before = filesWith.get(content) ?? (await this.needs.filesWith(file));
      filesWith.set(content, before);
      if (!(await this.clean(file, 'room'))) continue;
      cleaned += 1;
      filesWith.set(content, before - 1);
      if (before === 1) excess -= file.size;
    }
    return cleaned;
  }

  /** Cleans all files of a user, whatever needs them. @throws {Transient} */
  async cleanAllOf(userId: string): Promise<void> {
    for await (const { id } of this.views.scan(mediaFiles, { where: { userId } })) {
      await this.record(id, 'user_deleted');
    }
  }

  private oldest(upTo: string): AsyncIterable<MediaFileDocument> {
    const where = { state: 'stored', storedAt: { lte: upTo } } as const;
    return this.views.scan(mediaFiles, { where, sort: { field: 'storedAt', order: 'asc' } });
  }

  /** False where something needs it. */
  private async clean({ id }: MediaFileDocument, why: CleaningReason): Promise<boolean> {
    if (await this.needs.isNeeded(id)) return false;
    await this.record(id, why);
    return true;
  }

  private async record(mediaId: string, why: CleaningReason): Promise<void> {
    const data = { mediaId, why, at: new Date().toISOString() };
    await this.commands.execute<RecordMediaCleaned>({ type: 'RecordMediaCleaned', data }, this.context);
  }
}
