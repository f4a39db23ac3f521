import { el, type BinaryNode } from '../transport/wire.js';
import { parseJid } from './address.js';
import type { Group, GroupRole } from './group.js';
import { otherName, personJid, type Names } from './stanza.js';

/** A person under both names: `jid` is the one that the group goes by. */
const nameAttrs = (number: string, { addressing }: Group, names: Names) => ({
  jid: personJid({ number, device: 0 }, addressing, names),
  [addressing === 'lid' ? 'phone_number' : 'lid']: otherName(number, addressing, names),
});

export const participantNode = (number: string, group: Group, names: Names, role?: GroupRole): BinaryNode =>
  el('participant', { ...nameAttrs(number, group, names), type: role === 'member' ? undefined : role });

/** All that a client is told about a group. */
export function groupNode(group: Group, names: Names): BinaryNode {
  const { jid, addressing, createdBy, createdAt, subject, subjectBy, subjectAt, members } = group;
  const attrs = {
    id: parseJid(jid)?.user,
    addressing_mode: addressing,
    creation: String(createdAt),
    ...person('creator', createdBy, group, names),
    subject,
    s_t: String(subjectAt),
    ...person('s_o', subjectBy, group, names),
    size: String(members.size),
  };
  return el(
    'group',
    attrs,
    [...members].map(([number, role]) => participantNode(number, group, names, role)),
  );
}

/** Attributes of a notification about a group that name the member who did something. */
export const actorAttrs = (number: string, group: Group, names: Names) => ({
  ...person('participant', number, group, names),
  addressing_mode: group.addressing,
  notify: names.nameOf(number),
});

const person = (attr: string, number: string, { addressing }: Group, names: Names) => ({
  [attr]: personJid({ number, device: 0 }, addressing, names),
  [`${attr}_${addressing === 'lid' ? 'pn' : 'lid'}`]: otherName(number, addressing, names),
});
