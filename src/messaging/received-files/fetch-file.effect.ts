import { Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { Effect } from '../../platform/context-definition.js';
import { Views } from '../../platform/views/views.js';
import type { EndDownloads, FetchFile, FetchPendingFiles } from '../message.commands.js';
import { messages } from '../messages.projection.js';
import { Senders } from '../senders/senders.js';
import { Downloads } from './downloads.js';

@Injectable()
export class FetchFileEffect implements Effect<FetchFile> {
  constructor(
    private readonly downloads: Downloads,
    private readonly senders: Senders,
  ) {}

  /** Does not wait for the file, which may take long: what is not fetched when the service stops, `DownloadRestorer` finds. */
  run({ data: { messageId, sessionId } }: FetchFile): Promise<readonly Command[]> {
    if (this.senders.fetchesAllFiles(sessionId)) this.downloads.enqueue(messageId, sessionId);
    return Promise.resolve([]);
  }
}

@Injectable()
export class FetchPendingFilesEffect implements Effect<FetchPendingFiles> {
  constructor(
    private readonly downloads: Downloads,
    private readonly views: Views,
  ) {}

  async run({ data: { sessionId } }: FetchPendingFiles): Promise<readonly Command[]> {
    await this.views.fresh(messages);
    const pending = { where: { fileState: 'pending', sessionId, history: null } } as const;
    for await (const { id } of this.views.scan(messages, pending)) this.downloads.enqueue(id, sessionId);
    return [];
  }
}

@Injectable()
export class EndDownloadsEffect implements Effect<EndDownloads> {
  constructor(private readonly downloads: Downloads) {}

  run({ data: { sessionId } }: EndDownloads): Promise<readonly Command[]> {
    this.downloads.end(sessionId);
    return Promise.resolve([]);
  }
}
