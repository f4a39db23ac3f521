import { Inject, Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { MediaFiles } from '#lib/media-files';
import type { Effect } from '../platform/context-definition.js';
import type { EraseFiles } from './media.commands.js';
import { MEDIA_FILES } from './open-files.js';

@Injectable()
export class EraseFilesEffect implements Effect<EraseFiles> {
  constructor(@Inject(MEDIA_FILES) private readonly files: MediaFiles) {}

  async run({ data: { userId } }: EraseFiles): Promise<readonly Command[]> {
    await this.files.removeAll(userId);
    return [];
  }
}
