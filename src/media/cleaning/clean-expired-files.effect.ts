import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import { Streams } from '../../platform/streams/streams.js';
import type { CleanExpiredFiles, RecordMediaCleaned } from '../media.commands.js';
import { mediaDecider } from '../media.decider.js';
import { Needs } from './needs.js';

/** A file that a message still needs, or a delivery to a webhook, is cleaned when it is old. */
@Injectable()
export class CleanExpiredFilesEffect implements Effect<CleanExpiredFiles> {
  constructor(
    private readonly needs: Needs,
    private readonly streams: Streams,
  ) {}

  async run({ data: { userId, mediaIds, at } }: CleanExpiredFiles): Promise<readonly RecordMediaCleaned[]> {
    await this.needs.fresh();
    const records: RecordMediaCleaned[] = [];
    for (const mediaId of mediaIds) {
      if ((await this.needs.isNamed(mediaId)) || (await this.needs.isNeeded(mediaId))) continue;
      const { state } = await this.streams.state(mediaDecider, mediaId);
      if (state?.userId !== userId) continue; // a received file that was never fetched
      records.push({ type: 'RecordMediaCleaned', data: { mediaId, why: 'expired', at } });
    }
    return records;
  }
}
