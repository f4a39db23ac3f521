import { Inject, Injectable } from '@nestjs/common';
import { defaultTimeZone } from '../../identity/user.contract.js';
import { restrictionsAt } from '../../sessions/restriction.contract.js';
import { MemoryViews } from '../../platform/views/memory-views.js';
import { ViewBehind } from '../../platform/views/view-behind.js';
import { Days } from '../quota/days.js';
import { Contacts } from './contacts.js';
import type { Pacing } from './pacing.contract.js';
import { linkKeyOf, pacingView } from './pacing-view.js';
import { SessionPacer, type PacedAs } from './session-pacer.js';

/** Injects the `Pacing` of sessions whose settings, and whose user's, leave it out. */
export const USUAL_PACING = Symbol('usual pacing');

const dayMs = 24 * 3600 * 1000;
const catchUpTimeoutMs = 2000;

/** Knows how each session is paced: as it is set itself, or else its user, or else the service. */
@Injectable()
export class Pacers {
  private readonly view;
  private readonly days = new Days();

  constructor(
    views: MemoryViews,
    private readonly contacts: Contacts,
    @Inject(USUAL_PACING) private readonly usual: Pacing,
  ) {
    this.view = views.follow(pacingView);
  }

  newPacer(sessionId: string): SessionPacer {
    return new SessionPacer({
      settings: () => this.settingsOf(sessionId),
      contacts: this.contacts,
      newContactsOn: (day) => this.contacts.countNew(sessionId, day),
    });
  }

  /** Resolves once the settings are those of this position in the log. @throws {Transient} the log is too far ahead. */
  async reached(position: number): Promise<void> {
    if (!(await this.view.reached(position, catchUpTimeoutMs))) throw new ViewBehind(pacingView.name);
  }

  private settingsOf(sessionId: string): PacedAs {
    const { sessions, users, firstLinked, timeZones } = this.view.tables;
    const session = sessions.get(sessionId);
    const now = new Date().toISOString();
    const timeZone = timeZones.get(session?.userId ?? '') ?? defaultTimeZone;
    const { from, to } = this.days.of(timeZone, now);
    const today = { timeZone, from, to };
    if (!session) return { pacing: this.usual, ageDays: 0, restrictions: [], today };
    const { userId, account } = session;
    const linkedAt = account === null ? undefined : firstLinked.get(linkKeyOf(userId, account));
    const ageDays = linkedAt === undefined ? 0 : (Date.now() - Date.parse(linkedAt)) / dayMs;
    const pacing = { ...this.usual, ...users.get(userId), ...session.pacing };
    const restrictions = session.restrictions.length === 0 ? [] : restrictionsAt(session.restrictions, now);
    return { pacing, ageDays, restrictions, today };
  }
}
