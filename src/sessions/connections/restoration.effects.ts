import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import { Restoration } from '../../platform/restoration/restoration.js';
import { Views } from '../../platform/views/views.js';
import type { PauseAllSessions, PauseSession, ResumeAllSessions, ResumeSession } from '../session.commands.js';
import { sessions } from '../sessions.projection.js';

/** Pauses all sessions of a restored copy that waits; does nothing once it goes on. */
@Injectable()
export class PauseAllSessionsEffect implements Effect<PauseAllSessions> {
  constructor(
    private readonly views: Views,
    private readonly restoration: Restoration,
  ) {}

  async run({ data: { restoredAt, at } }: PauseAllSessions): Promise<readonly PauseSession[]> {
    const { isHeld, state } = this.restoration;
    if (!isHeld || !('restoredAt' in state) || state.restoredAt !== restoredAt) return [];
    const ids = await idsOfAll(this.views);
    return ids.map((sessionId) => ({ type: 'PauseSession', data: { sessionId, why: 'restored', at } }));
  }
}

/** Resumes what was paused since the copy waited. */
@Injectable()
export class ResumeAllSessionsEffect implements Effect<ResumeAllSessions> {
  constructor(private readonly views: Views) {}

  async run({ data: { at } }: ResumeAllSessions): Promise<readonly ResumeSession[]> {
    const ids = await idsOfAll(this.views);
    return ids.map((sessionId) => ({ type: 'ResumeSession', data: { sessionId, why: 'restored', at } }));
  }
}

const idsOfAll = async (views: Views): Promise<readonly string[]> => {
  await views.fresh(sessions);
  const ids: string[] = [];
  for await (const { id } of views.scan(sessions, {})) ids.push(id);
  return ids;
};
