import { Inject, Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import { Views } from '../platform/views/views.js';
import { LINKED_SESSIONS, type LinkedSessions } from '../sessions/linked-sessions.contract.js';
import { REPORTS, type ReportOf, type Reports } from '../sessions/reports.contract.js';
import { groups } from './groups.projection.js';
import { groupIdOf, named, recordGroup, recordGroupLeft, recordJoinRequest, type GroupPlace } from './recorder.js';

/** Records the groups of accounts, and what becomes of them, whoever changed it. */
@Injectable()
export class GroupReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    @Inject(LINKED_SESSIONS) private readonly sessions: LinkedSessions,
    private readonly views: Views,
  ) {
    const keyOf = (): string => 'groups';
    reports.record('groups', { keyOf, commandsFor: (sessionId, report) => this.all(sessionId, report) });
    reports.record('group_request', { keyOf, commandsFor: (sessionId, report) => this.asked(sessionId, report) });
    reports.record('group', { keyOf, commandsFor: (sessionId, report) => this.one(sessionId, report) });
  }

  private async all(sessionId: string, { account, jids, changed }: ReportOf<'groups'>): Promise<readonly Command[]> {
    const place = await this.placeOf(sessionId, account);
    if (!place) return [];
    const present = new Set(jids.map((jid) => groupIdOf(place, jid)));
    const left: Command[] = [];
    await this.views.fresh(groups);
    for await (const { id, joined } of this.views.scan(groups, { where: { sessionId } })) {
      if (joined && !present.has(id)) left.push(recordGroupLeft(id, null));
    }
    return [...left, ...changed.map((group) => recordGroup(place, group, null))];
  }

  private async one(sessionId: string, { account, jid, group, by }: ReportOf<'group'>): Promise<readonly Command[]> {
    const place = await this.placeOf(sessionId, account);
    if (!place) return [];
    return [group ? recordGroup(place, group, by) : recordGroupLeft(groupIdOf(place, jid), by && named(by))];
  }

  private async asked(
    sessionId: string,
    { account, jid, person, at: askedAt }: ReportOf<'group_request'>,
  ): Promise<readonly Command[]> {
    const place = await this.placeOf(sessionId, account);
    return place ? [recordJoinRequest(groupIdOf(place, jid), named(person), askedAt)] : [];
  }

  /** Undefined where the session was deleted. */
  private async placeOf(sessionId: string, account: string): Promise<GroupPlace | undefined> {
    const session = await this.sessions.reported(sessionId);
    return session && { sessionId, userId: session.userId, account };
  }
}
