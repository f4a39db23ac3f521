import type { UserEvent } from '../../identity/user.contract.js';
import type { SessionEvent } from '../../sessions/session.contract.js';

export type KnownSession = {
  readonly sessionId: string;
  readonly userId: string;
  /** It can be sent from, now or once it is connected again. */
  readonly linked: boolean;
};

/** Who may send, from where, and how much a day: as the events tell. */
export class KnownSenders {
  private readonly sessions = new Map<string, KnownSession>();
  private readonly byUser = new Map<string, Set<string>>();
  private readonly limits = new Map<string, number>();

  session(sessionId: string): KnownSession | undefined {
    return this.sessions.get(sessionId);
  }

  sessionsOf(userId: string): readonly KnownSession[] {
    return [...(this.byUser.get(userId) ?? [])].flatMap((id) => this.sessions.get(id) ?? []);
  }

  /** Undefined where there is no such user. */
  maxMessagesPerDay(userId: string): number | undefined {
    return this.limits.get(userId);
  }

  note({ type, data }: SessionEvent | UserEvent): void {
    switch (type) {
      case 'SessionInitialized':
        return this.add({ sessionId: data.sessionId, userId: data.userId, linked: false });
      case 'SessionPaired':
      case 'SessionConnected':
        return this.mark(data.sessionId, true);
      case 'SessionLoggedOut':
        return this.mark(data.sessionId, false);
      case 'SessionRestarted':
        return this.mark(data.sessionId, data.linked);
      case 'SessionDeleted':
        this.byUser.get(data.userId)?.delete(data.sessionId);
        return void this.sessions.delete(data.sessionId);
      case 'UserRegistered':
      case 'UserLimitsChanged':
        return void this.limits.set(data.userId, data.limits.maxMessagesPerDay);
      case 'UserDeleted':
        return void this.limits.delete(data.userId);
      default:
    }
  }

  private add(session: KnownSession): void {
    this.sessions.set(session.sessionId, session);
    const own = this.byUser.get(session.userId) ?? new Set();
    this.byUser.set(session.userId, own.add(session.sessionId));
  }

  private mark(sessionId: string, linked: boolean): void {
    const known = this.sessions.get(sessionId);
    if (known && known.linked !== linked) this.sessions.set(sessionId, { ...known, linked });
  }
}
