import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { Restoration } from '../../platform/restoration/restoration.js';
import { MemoryViews } from '../../platform/views/memory-views.js';
import { ViewBehind } from '../../platform/views/view-behind.js';
import type { Acceptance } from '../message.commands.js';
import type { HoldReason } from '../hold-reason.contract.js';
import { sendersView, type SenderSession, type SenderUser } from './senders-view.js';

/** A session that messages can be sent from, now or once it is connected again. */
type LinkedSender = SenderSession & { readonly account: string };

const isLinked = (session: SenderSession): session is LinkedSender => session.account !== null;

const nobody: SenderUser = { maxMessagesPerDay: 0, maxMessagesPerMinute: 0, maxRecipientsPerDay: 0, timeZone: 'UTC' };
const catchUpTimeoutMs = 2000;

/** Answers from memory who may send messages and from which session: every message asks. */
@Injectable()
export class Senders {
  private readonly view;

  constructor(
    views: MemoryViews,
    private readonly restoration: Restoration,
  ) {
    this.view = views.follow(sendersView);
  }

  session(sessionId: string): SenderSession | undefined {
    return this.view.tables.sessions.get(sessionId);
  }

  /** Whether received files are fetched before somebody asks for them; those of a deleted session are, so that it is told why they cannot be had. */
  fetchesAllFiles(sessionId: string): boolean {
    return this.session(sessionId)?.downloadMedia !== 'on_demand';
  }

  /** Whether senders are to hear nothing of what is read, as the log says now: a setting counts at once. @throws {Transient} it is too far ahead. */
  async hidesReading(sessionId: string): Promise<boolean> {
    await this.catchUp();
    return this.session(sessionId)?.readReceipts === false;
  }

  /** What the messages of a session wait for that is not connected: it is not back by itself where somebody logged it out, say. */
  reasonToWait(sessionId: string): HoldReason {
    if (this.restoration.isHeld) return 'restored';
    const session = this.session(sessionId);
    if (session && this.view.tables.inactiveUsers.has(session.userId)) return 'user_inactive';
    return typeof session?.account === 'string' ? 'session_offline' : 'session_logged_out';
  }

  /** The same of what the log says now. @throws {Transient} it is too far ahead. */
  async reasonToWaitNow(sessionId: string): Promise<HoldReason> {
    await this.catchUp();
    return this.reasonToWait(sessionId);
  }

  /** What a user may send: nothing where there is no such user. */
  user(userId: string): SenderUser {
    return this.view.tables.users.get(userId) ?? nobody;
  }

  /**
   * The session that a user's message is sent from: the one that is named, or their only one.
   * @throws {DomainError} `session_not_found`, `session_not_linked`, `session_required`
   * @throws {Transient} the answer would be a refusal, and the log is too far ahead to be sure of it.
   */
  async choose(userId: string, sessionId: string | undefined): Promise<LinkedSender> {
    try {
      return this.chosen(userId, sessionId);
    } catch {
      await this.catchUp(); // it may have been linked a moment ago
      return this.chosen(userId, sessionId);
    }
  }

  /** A session; undefined where it was deleted. @throws {Transient} the log is too far ahead to be sure of that. */
  async find(sessionId: string): Promise<SenderSession | undefined> {
    const session = this.session(sessionId);
    if (session) return session;
    await this.catchUp();
    return this.session(sessionId);
  }

  /**
   * Whether the key that a message was accepted with is revoked, and what it left unsent canceled. `position`: of the acceptance or of a
   * later event; a revocation before it is seen. @throws {Transient} the log is too far ahead to be sure.
   */
  async isCanceled({ keyId, position }: Acceptance): Promise<boolean> {
    if (keyId === null) return false;
    if (!(await this.view.reached(position, catchUpTimeoutMs))) throw new ViewBehind(sendersView.name);
    return this.view.tables.canceledKeys.has(keyId);
  }

  /** @throws {Transient} the log is too far ahead to be sure. */
  async hasSessions(userId: string): Promise<boolean> {
    await this.catchUp();
    return this.view.tables.sessionsOfUser.has(userId);
  }

  /** The ids of a user's sessions. */
  sessionsOf(userId: string): readonly string[] {
    return this.view.tables.sessionsOfUser.get(userId) ?? [];
  }

  /** True once everything up to a position counts here; false where that takes longer. */
  reached(position: number, timeoutMs: number): Promise<boolean> {
    return this.view.reached(position, timeoutMs);
  }

  private async catchUp(): Promise<void> {
    if (await this.view.caughtUp(catchUpTimeoutMs)) return;
    throw new ViewBehind(sendersView.name);
  }

  private chosen(userId: string, sessionId: string | undefined): LinkedSender {
    const session = sessionId === undefined ? this.only(userId) : this.session(sessionId);
    if (session?.userId !== userId) throw new DomainError('not_found', 'session_not_found', 'There is no such session');
    if (isLinked(session)) return session;
    throw new DomainError('refused', 'session_not_linked', 'The session is not linked to a WhatsApp account');
  }

  private only(userId: string): SenderSession {
    const sessions = (this.view.tables.sessionsOfUser.get(userId) ?? []).flatMap((id) => this.session(id) ?? []);
    const linked = sessions.filter(isLinked);
    const [first, second] = linked.length > 0 ? linked : sessions;
    if (!first) throw new DomainError('refused', 'session_not_linked', 'There is no session to send from: create one');
    if (!second) return first;
    throw new DomainError('refused', 'session_required', 'There are several sessions: say which by sessionId');
  }
}
