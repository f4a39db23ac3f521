import type { GroupMetadata } from '@whiskeysockets/baileys';
import { personOf, type Person } from '../../addresses.js';
import type { Group, GroupParticipant, GroupRole } from '../../groups.js';
import { lineOf, textOf } from '../content/bounded.js';
import { timeFromSeconds } from '../times.js';

/** WhatsApp's own bound, with room to grow: a group of a community has up to 5,000 participants. */
const maxParticipants = 10_000;

/** A group as the port shows it, from what WhatsApp answered. */
export const groupFromMetadata = (metadata: GroupMetadata): Group => {
  const { id, subject, desc, creation, owner, ownerPn, announce, restrict, joinApprovalMode } = metadata;
  return {
    jid: id,
    subject: lineOf(subject) ?? '',
    description: textOf(desc),
    createdAt: creation ? timeFromSeconds(creation) : null,
    createdBy: owner === undefined ? null : personOf(owner, ownerPn),
    settings: {
      announce: announce === true,
      locked: restrict === true,
      approval: joinApprovalMode === true,
      ephemeralSeconds: secondsOf(metadata.ephemeralDuration),
    },
    participants: metadata.participants.slice(0, maxParticipants).map(participantFrom),
  };
};

const secondsOf = (duration: number | undefined): number =>
  duration !== undefined && Number.isSafeInteger(duration) && duration > 0 ? duration : 0;

const participantFrom = ({ id, phoneNumber, lid, admin }: GroupMetadata['participants'][number]): GroupParticipant => ({
  ...(personOf(id, phoneNumber ?? lid) satisfies Person),
  role: roles[admin ?? 'member'],
});

const roles = { member: 'member', admin: 'admin', superadmin: 'owner' } as const satisfies {
  readonly [role: string]: GroupRole;
};
