import { Injectable } from '@nestjs/common';
import type { Group, Person } from '#lib/whatsapp';
import { chatIdOf } from '../messaging/chat-id.contract.js';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { RecordGroup, RecordGroupLeft, RecordJoinRequest } from './group.commands.js';
import type { GroupPerson } from './group.contract.js';

/** Whose groups they are: a session and the phone number (E.164) of its account. */
export type GroupPlace = { readonly sessionId: string; readonly userId: string; readonly account: string };

/** The commands that record a group as WhatsApp shows it. */
export const recordGroup = (place: GroupPlace, group: Group, by: Person | null): RecordGroup => {
  const { jid: chat, subject, description, settings, createdAt, createdBy, participants } = group;
  const owner = { ...place, groupId: groupIdOf(place, chat), chat };
  return {
    type: 'RecordGroup',
    data: {
      ...owner,
      subject,
      description,
      settings,
      createdAt,
      createdBy: createdBy && named(createdBy),
      participants: participants.map((person) => ({ ...named(person), role: person.role })),
      by: by && named(by),
      at: now(),
    },
  };
};

export const recordGroupLeft = (groupId: string, by: GroupPerson | null): RecordGroupLeft => ({
  type: 'RecordGroupLeft',
  data: { groupId, by, at: now() },
});

export const recordJoinRequest = (groupId: string, person: GroupPerson, askedAt: string): RecordJoinRequest => ({
  type: 'RecordJoinRequest',
  data: { groupId, person, askedAt, at: now() },
});

/** A group goes by the id of its chat. */
export const groupIdOf = ({ sessionId, account }: GroupPlace, jid: string): string => chatIdOf(sessionId, account, jid);

export const named = ({ phoneNumber, lid }: Person): GroupPerson => ({ phoneNumber, lid });

const now = (): string => new Date().toISOString();

/** Records what a request has done to a group, so that its caller sees it at once. */
@Injectable()
export class GroupRecorder {
  constructor(private readonly commands: CommandBus) {}

  async record(place: GroupPlace, group: Group, context: CommandContext): Promise<void> {
    const self = { jid: '', phoneNumber: place.account, lid: null };
    await this.commands.execute<RecordGroup>(recordGroup(place, group, self), context);
  }

  async recordLeft(place: GroupPlace, groupId: string, context: CommandContext): Promise<void> {
    await this.commands.execute<RecordGroupLeft>(
      recordGroupLeft(groupId, { phoneNumber: place.account, lid: null }),
      context,
    );
  }
}
