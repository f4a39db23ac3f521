import { Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { Effect } from '../../platform/context-definition.js';
import type { FetchFile } from '../message.commands.js';
import { Downloads } from './downloads.js';

@Injectable()
export class FetchFileEffect implements Effect<FetchFile> {
  constructor(private readonly downloads: Downloads) {}

  /** Does not wait for the file, which may take long: what is not fetched when the service stops, `DownloadRestorer` finds. */
  run({ data: { messageId } }: FetchFile): Promise<readonly Command[]> {
    this.downloads.enqueue(messageId);
    return Promise.resolve([]);
  }
}
