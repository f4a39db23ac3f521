import type { Command } from '#lib/event-sourcing';
import type { GroupFacts, GroupOwner, GroupParticipant, GroupPerson } from './group.contract.js';

/** Records a group as WhatsApp shows it now. What is recorded already changes nothing. `at` is ISO 8601. */
export type RecordGroup = Command<
  'RecordGroup',
  GroupOwner &
    GroupFacts & {
      readonly createdAt: string | null;
      readonly createdBy: GroupPerson | null;
      readonly participants: readonly GroupParticipant[];
      readonly by: GroupPerson | null;
      readonly at: string;
    }
>;

/** Records that the account is not in a group any more. */
export type RecordGroupLeft = Command<
  'RecordGroupLeft',
  { readonly groupId: string; readonly by: GroupPerson | null; readonly at: string }
>;

/** Records that somebody asks to join. The same request again changes nothing. */
export type RecordJoinRequest = Command<
  'RecordJoinRequest',
  { readonly groupId: string; readonly person: GroupPerson; readonly askedAt: string; readonly at: string }
>;

export type GroupCommand = RecordGroup | RecordGroupLeft | RecordJoinRequest;
