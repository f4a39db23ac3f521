import { Inject, Injectable } from '@nestjs/common';
import type { Where } from '#lib/read-models';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { changes, type ChangeDocument } from '../changes.projection.js';
import type { Placed, RecordChangeFailed } from '../message.commands.js';
import type { Failure } from './attempt.rules.js';

type Whose = Omit<Where<ChangeDocument>, 'isPending'>;

/** Finds the changes of messages that were requested here and have no outcome yet. */
@Injectable()
export class PendingChanges {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /** The commands that end them with this failure. @throws {Transient} */
  async failAll(
    whose: Whose,
    failure: Failure,
    at: string,
    isMeant: (change: ChangeDocument) => boolean = () => true,
  ): Promise<readonly RecordChangeFailed[]> {
    await this.views.fresh(changes);
    const failed: RecordChangeFailed[] = [];
    for await (const change of this.views.scan(changes, { where: { ...whose, isPending: true } })) {
      const { id: changeId, messageId } = change;
      if (isMeant(change)) failed.push({ type: 'RecordChangeFailed', data: { messageId, changeId, ...failure, at } });
    }
    return failed;
  }

  /** @throws {Transient} */
  async count(whose: Whose): Promise<number> {
    await this.views.fresh(changes);
    return this.stores.models.count(changes, { ...whose, isPending: true });
  }

  /** All of them, in the order in which they were requested. @throws {Transient} */
  async inOrder(catchUpTimeoutMs: number): Promise<readonly Placed[]> {
    await this.views.fresh(changes, catchUpTimeoutMs);
    const found: Placed[] = [];
    const pending = { where: { isPending: true }, sort: { field: 'position', order: 'asc' } } as const;
    for await (const { id: changeId, messageId, sessionId, chatId, position } of this.views.scan(changes, pending)) {
      found.push({ sessionId, chatId, messageId, changeId, position });
    }
    return found;
  }
}
