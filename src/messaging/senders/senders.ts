import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DomainError, type EventCodec } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { userEvents } from '../../identity/user.contract.js';
import { LogFollower } from '../../platform/log-follower.js';
import type { Stores } from '../../platform/stores.js';
import { CODEC, LOG, STORES } from '../../platform/tokens.js';
import { sessionEvents } from '../../sessions/session.contract.js';
import { KnownSenders, type KnownSession } from './known-senders.js';

/** How long a refusal waits to be sure that it is right, in milliseconds. */
const patience = 2000;

const filter = {
  categories: [sessionEvents.category, userEvents.category],
  types: [
    'SessionInitialized',
    'SessionPaired',
    'SessionConnected',
    'SessionLoggedOut',
    'SessionRestarted',
    'SessionDeleted',
    'UserRegistered',
    'UserLimitsChanged',
    'UserDeleted',
  ],
};

/**
 * Keeps in memory which sessions messages can be sent from, and the users' daily limits: every message asks. Follows the log from its
 * beginning at each start.
 */
@Injectable()
export class Senders implements OnModuleInit, OnApplicationShutdown {
  private readonly known = new KnownSenders();
  private readonly follower: LogFollower;

  constructor(@Inject(STORES) stores: Stores, @Inject(CODEC) codec: EventCodec, @Inject(LOG) log: Log) {
    const note = (event: unknown): void => this.known.note(event as Parameters<KnownSenders['note']>[0]);
    this.follower = new LogFollower({ stores, codec, log, filter, note, what: 'Who may send' });
  }

  /** Resolves when everything that is in the log is known. */
  onModuleInit(): Promise<void> {
    return this.follower.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.follower.stop();
  }

  session(sessionId: string): KnownSession | undefined {
    return this.known.session(sessionId);
  }

  maxMessagesPerDay(userId: string): number {
    return this.known.maxMessagesPerDay(userId) ?? 0;
  }

  /**
   * The session that a user's message leaves from: the one that is named, or their only one.
   * @throws {DomainError} `session_not_found`, `session_not_linked`, `session_required`
   */
  async choose(userId: string, sessionId: string | undefined): Promise<KnownSession> {
    try {
      return this.chosen(userId, sessionId);
    } catch {
      await this.follower.caughtUp(patience); // it may have been linked a moment ago
      return this.chosen(userId, sessionId);
    }
  }

  /** Whether a session surely is no more: false also where that cannot be found out now. */
  async isGone(sessionId: string): Promise<boolean> {
    if (this.known.session(sessionId)) return false;
    return (await this.follower.caughtUp(patience)) && !this.known.session(sessionId);
  }

  private chosen(userId: string, sessionId: string | undefined): KnownSession {
    const session = sessionId === undefined ? this.only(userId) : this.known.session(sessionId);
    if (session?.userId !== userId) throw new DomainError('not_found', 'session_not_found', 'There is no such session');
    if (session.linked) return session;
    throw new DomainError('refused', 'session_not_linked', 'The session is not linked to a WhatsApp account');
  }

  private only(userId: string): KnownSession {
    const sessions = this.known.sessionsOf(userId);
    const linked = sessions.filter((session) => session.linked);
    const [first, second] = linked.length > 0 ? linked : sessions;
    if (!first) throw new DomainError('refused', 'session_not_linked', 'There is no session to send from: create one');
    if (!second) return first;
    throw new DomainError('refused', 'session_required', 'There are several sessions: say which by sessionId');
  }
}
