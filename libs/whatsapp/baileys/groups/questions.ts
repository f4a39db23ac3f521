import type { WASocket } from '@whiskeysockets/baileys';
import { personOf } from '../../addresses.js';
import type { GroupChange, GroupSettings, ParticipantOutcome, WhatsAppGroups } from '../../groups.js';
import { QueryFailed } from '../../errors.js';
import { setPicture } from '../set-picture.js';
import { timeFromSeconds } from '../times.js';
import { groupFromMetadata } from './from-metadata.js';

/** Asks over the connection of a session. @throws {NotConnected} @throws {QueryFailed} */
type Ask = <Answer>(sessionId: string, question: (socket: WASocket) => Promise<Answer>) => Promise<Answer>;

/** The groups of accounts, by Baileys' own questions. */
export const groupsThrough = (ask: Ask): WhatsAppGroups => ({
  all: (sessionId) =>
    ask(sessionId, async (socket) => Object.values(await socket.groupFetchAllParticipating()).map(groupFromMetadata)),
  find: (sessionId, jid) => ask(sessionId, async (socket) => groupFromMetadata(await socket.groupMetadata(jid))),
  create: (sessionId, subject, people) =>
    ask(sessionId, async (socket) => groupFromMetadata(await socket.groupCreate(subject, [...people]))),
  change: (sessionId, jid, change) => ask(sessionId, (socket) => applyChange(socket, jid, change)),
  setPicture: (sessionId, jid, jpeg) => ask(sessionId, (socket) => setPicture(socket, jpeg, jid)),
  changeParticipants: (sessionId, jid, action, people) =>
    ask(sessionId, async (socket) =>
      outcomesFrom(people, await socket.groupParticipantsUpdate(jid, [...people], action)),
    ),
  leave: (sessionId, jid) => ask(sessionId, (socket) => socket.groupLeave(jid)),
  invite: (sessionId, jid, renew) =>
    ask(sessionId, async (socket) => {
      const code = renew ? await socket.groupRevokeInvite(jid) : await socket.groupInviteCode(jid);
      return named(code, 'an invite code');
    }),
  join: (sessionId, code) =>
    ask(sessionId, async (socket) => named(await socket.groupAcceptInvite(code), 'which group was joined')),
  joinRequests: (sessionId, jid) =>
    ask(sessionId, async (socket) =>
      (await socket.groupRequestParticipantsList(jid)).map((attrs) => ({
        ...personOf(attrs['jid'] ?? '', attrs['phone_number'] ?? attrs['lid']),
        askedAt: attrs['request_time'] === undefined ? null : timeFromSeconds(attrs['request_time']),
      })),
    ),
  answerJoinRequests: (sessionId, jid, answer, people) =>
    ask(sessionId, async (socket) =>
      outcomesFrom(people, await socket.groupRequestParticipantsUpdate(jid, [...people], answer)),
    ),
});

const applyChange = async (
  socket: WASocket,
  jid: string,
  { subject, description, settings = {} }: GroupChange,
): Promise<void> => {
  if (subject !== undefined) await socket.groupUpdateSubject(jid, subject);
  if (description !== undefined) await socket.groupUpdateDescription(jid, description);
  const { announce, locked, approval, ephemeralSeconds }: Partial<GroupSettings> = settings;
  if (announce !== undefined) await socket.groupSettingUpdate(jid, announce ? 'announcement' : 'not_announcement');
  if (locked !== undefined) await socket.groupSettingUpdate(jid, locked ? 'locked' : 'unlocked');
  if (approval !== undefined) await socket.groupJoinApprovalMode(jid, approval ? 'on' : 'off');
  if (ephemeralSeconds !== undefined) await socket.groupToggleEphemeral(jid, ephemeralSeconds);
};

type Answered = { readonly status: string; readonly jid: string | undefined };

/**
 * WhatsApp may answer with the other address of a person; then the answers are in the order of the question. Baileys takes a missing answer for one
 * that leaves everybody out.
 */
const outcomesFrom = (asked: readonly string[], answers: readonly Answered[]): readonly ParticipantOutcome[] => {
  if (answers.length === 0) throw new QueryFailed(null, 'WhatsApp did not answer what became of anybody');
  return asked.flatMap((jid, index) => {
    const answer =
      answers.find((each) => each.jid === jid) ?? (answers.length === asked.length ? answers[index] : undefined);
    if (!answer) return [];
    const code = Number(answer.status);
    return [{ jid, refusedWith: code === done ? null : code }];
  });
};

const done = 200;

const named = (value: string | undefined, what: string): string => {
  if (value === undefined || value === '') throw new QueryFailed(null, `WhatsApp did not answer ${what}`);
  return value;
};
