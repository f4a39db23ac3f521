import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import type { AnyCollection, Where } from '#lib/read-models';
import { deliveries } from '../../webhooks/deliveries.contract.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import type { ContentKey } from '../contents.js';
import { mediaFiles, type MediaFileDocument } from '../media-files.contract.js';
import { namedFiles } from './named-files.projection.js';
import { neededFiles } from './needed-files.projection.js';

/**
 * Longer than anybody takes between reading that a file is there and recording that a message needs it, or between storing a content and
 * recording it.
 */
const settlingTimeMs = 10 * 60 * 1000;

/** Nothing is cleaned or removed by a view that lacks something. */
class ViewIncomplete extends Transient {
  override readonly name = 'ViewIncomplete';
}

/** Who needs a file, or its content, as the log has it. */
@Injectable()
export class Needs {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /** Resolves once the answers show everything that is in the log now. @throws {Transient} */
  async fresh(): Promise<void> {
    for (const view of [mediaFiles, neededFiles, namedFiles, deliveries]) {
      await this.views.fresh(view);
      await this.assertComplete(view);
    }
  }

  /** Whether a message that is not sent yet needs a file, or an event names it that a webhook is still to get. */
  async isNeeded(mediaId: string): Promise<boolean> {
    const { models } = this.stores;
    if ((await models.count(neededFiles, { mediaId })) > 0) return true;
    return (await models.count(deliveries, { mediaId, status: 'pending' })) > 0;
  }

  /** Whether a message names a file whose content has not expired. @throws {Transient} */
  async isNamed(mediaId: string): Promise<boolean> {
    return (await this.stores.models.count(namedFiles, { mediaId })) > 0;
  }

  /** How many files that are not cleaned have a content. */
  filesWith({ userId, sha256 }: ContentKey): Promise<number> {
    return this.stores.models.count(mediaFiles, { userId, sha256, state: 'stored' });
  }

  /** The user's contents that are still used by a file that is not cleaned. */
  stored(userId: string, contents: readonly string[]): Promise<ReadonlySet<string>> {
    return this.contentsOf({ userId, sha256: { in: contents }, state: 'stored' });
  }

  /** Those of a user's contents that must stay: messages need them, or may come to need them at this moment. */
  async awaited(userId: string, contents: readonly string[]): Promise<ReadonlySet<string>> {
    const sha256 = { in: contents };
    const cleanedNow = { userId, sha256, state: 'cleaned', cleanedAt: { gt: unsettledSince() } } as const;
    const awaited = new Set(await this.contentsOf(cleanedNow));
    for await (const document of this.views.scan(neededFiles, { where: { userId, sha256 } })) {
      awaited.add(document.sha256);
    }
    return awaited;
  }

  private async contentsOf(where: Where<MediaFileDocument>): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for await (const { sha256 } of this.views.scan(mediaFiles, { where })) found.add(sha256);
    return found;
  }

  private async assertComplete({ name }: AnyCollection): Promise<void> {
    const { parked } = await this.stores.models.progress(name);
    if (parked.length > 0) throw new ViewIncomplete(`Events are parked: the view ${name} lacks something`);
  }
}

/** What was done after this time may not have settled. */
export const unsettledSince = (): string => new Date(Date.now() - settlingTimeMs).toISOString();
