import { Injectable } from '@nestjs/common';
import { ViewBehind } from '../platform/views/view-behind.js';
import { MemoryViews, type FollowedView } from '../platform/views/memory-views.js';
import { subscribersView } from './subscribers.view.js';

type Tables = ReturnType<typeof subscribersView.tables>;
type Version = NonNullable<ReturnType<Tables['webhooks']['get']>>['versions'][number];

/** A webhook at some moment. */
export type Subscriber = Version & { readonly webhookId: string; readonly userId: string };

const catchUpTimeoutMs = 10_000;

/** Which webhook wants what, read without I/O. */
@Injectable()
export class Subscribers {
  private readonly view: FollowedView<Tables>;

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
    return this.at(webhookId, Infinity);
  }

  /** The webhooks that a user had at a position and has still. */
  of(userId: string, position: number): readonly Subscriber[] {
    const ids = this.view.tables.webhooksOfUser.get(userId) ?? [];
    return ids.flatMap((webhookId) => this.at(webhookId, position) ?? []);
  }

  hasWebhooks(userId: string): boolean {
    return this.view.tables.webhooksOfUser.has(userId);
  }

  /** Whether a session was deleted after a position. */
  isDeletedSince(sessionId: string | null, position: number): boolean {
    return sessionId !== null && (this.view.tables.deletedSessions.get(sessionId) ?? 0) > position;
  }

  private at(webhookId: string, position: number): Subscriber | undefined {
    const subscriber = this.view.tables.webhooks.get(webhookId);
    const version = subscriber?.versions.findLast(({ from }) => from < position);
    return subscriber && version && { ...version, webhookId, userId: subscriber.userId };
  }
}
