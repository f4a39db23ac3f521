import { Injectable } from '@nestjs/common';
import { ViewBehind } from '../platform/views/view-behind.js';
import { MemoryViews, type FollowedView } from '../platform/views/memory-views.js';
import {
  isDeletedSince,
  subscriberAt,
  subscribersOf,
  subscribersView,
  type Subscriber,
  type SubscribersTables,
} from './subscribers.view.js';

const catchUpTimeoutMs = 10_000;

/** Which webhook wants what, read without I/O. */
@Injectable()
export class Subscribers {
  private readonly view: FollowedView<SubscribersTables>;

  constructor(views: MemoryViews) {
    this.view = views.follow(subscribersView);
  }

  /** Resolves once everything up to a position is known. @throws {ViewBehind} that takes too long. */
  async reach(position: number): Promise<void> {
    if (!(await this.view.reached(position, catchUpTimeoutMs))) throw new ViewBehind(subscribersView.name);
  }

  ids(): readonly string[] {
    return [...this.view.tables.webhooks.keys()];
  }

  /** As it is now; undefined where it was removed. */
  now(webhookId: string): Subscriber | undefined {
    return subscriberAt(this.view.tables, webhookId, Infinity);
  }

  /** The webhooks that a user had at a position and has still. */
  of(userId: string, position: number): readonly Subscriber[] {
    return subscribersOf(this.view.tables, userId, position);
  }

  hasWebhooks(userId: string): boolean {
    return this.view.tables.webhooksOfUser.has(userId);
  }

  /** Whether a session was deleted after a position. */
  isDeletedSince(sessionId: string | null, position: number): boolean {
    return isDeletedSince(this.view.tables, sessionId, position);
  }
}
