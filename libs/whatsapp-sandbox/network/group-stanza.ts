import { el, type BinaryNode } from '../transport/wire.js';
import { parseJid } from './address.js';
import type { Group, GroupRole, GroupSettings } from './group.js';
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
  return el('group', attrs, [
    ...[...members].map(([number, role]) => participantNode(number, group, names, role)),
    ...descriptionNodes(group, names),
    ...settingNodes(group),
  ]);
}

const descriptionNodes = (group: Group, names: NameLookup): readonly BinaryNode[] => {
  const { description } = group;
  if (!description) return [];
  const { id, text, by, at } = description;
  return [
    el('description', { id, ...person('participant', by, group, names), t: String(at) }, [
      el('body', {}, Buffer.from(text)),
    ]),
  ];
};

const settingNodes = ({ settings: { announce, locked, approval, ephemeralSeconds } }: Group): readonly BinaryNode[] => [
  ...(announce ? [el('announcement')] : []),
  ...(locked ? [el('locked')] : []),
  ...(approval ? [approvalNode('on')] : []),
  ...(ephemeralSeconds > 0 ? [ephemeralNode(ephemeralSeconds)] : []),
];

const approvalNode = (state: 'on' | 'off'): BinaryNode =>
  el('membership_approval_mode', {}, [el('group_join', { state })]);
const ephemeralNode = (seconds: number): BinaryNode => el('ephemeral', { expiration: String(seconds) });

/** The notices of settings that have changed. */
export const changedSettingNodes = (
  before: GroupSettings,
  { announce, locked, approval, ephemeralSeconds }: GroupSettings,
): readonly BinaryNode[] => [
  ...(announce === before.announce ? [] : [el(announce ? 'announcement' : 'not_announcement')]),
  ...(locked === before.locked ? [] : [el(locked ? 'locked' : 'unlocked')]),
  ...(approval === before.approval ? [] : [approvalNode(approval ? 'on' : 'off')]),
  ...(ephemeralSeconds === before.ephemeralSeconds
    ? []
    : [ephemeralSeconds > 0 ? ephemeralNode(ephemeralSeconds) : el('not_ephemeral')]),
];

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
