import { el, type BinaryNode } from '../transport/wire.js';
import { parseJid } from './address.js';
import type { Group, GroupRole } from './group.js';
import { alternateJid, personJid, type NameLookup } from './stanza.js';

/** Both jids of a person; `jid` is the one that the group uses. */
const nameAttrs = (number: string, { addressing }: Group, names: NameLookup) => ({
  jid: personJid({ number, device: 0 }, addressing, names),
  [addressing === 'lid' ? 'phone_number' : 'lid']: alternateJid(number, addressing, names),
});

export const participantNode = (number: string, group: Group, names: NameLookup, role?: GroupRole): BinaryNode =>
  el('participant', { ...nameAttrs(number, group, names), type: role === 'member' ? undefined : role });

/** The metadata of a group. */
export function groupNode(group: Group, names: NameLookup): BinaryNode {
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

/** Attributes of a group notification that identify the acting member. */
export const actorAttrs = (number: string, group: Group, names: NameLookup) => ({
  ...person('participant', number, group, names),
  addressing_mode: group.addressing,
  notify: names.nameOf(number),
});

const person = (attr: string, number: string, { addressing }: Group, names: NameLookup) => ({
  [attr]: personJid({ number, device: 0 }, addressing, names),
  [`${attr}_${addressing === 'lid' ? 'pn' : 'lid'}`]: alternateJid(number, addressing, names),
});
