import type { GroupChange } from '#lib/whatsapp';
import type { GroupView } from './group.contract.js';
import { refusalCode } from './member-changes.rules.js';

/**
 * A question to WhatsApp. `path`: of the field that asks for it. `change`: what it changes of the group as it is on record; nothing where it
 * concerns the picture.
 */
type ChangePart = { readonly path: string; readonly change?: GroupChange };

/** `code`: why it was not done. */
type PartResult = { readonly path: string; readonly ok: boolean; readonly code?: string };

/** In the order in which they are asked. */
export const partsOf = ({ subject, description, settings = {} }: GroupChange): readonly ChangePart[] => [
  ...(subject === undefined ? [] : [{ path: 'subject', change: { subject } }]),
  ...(description === undefined ? [] : [{ path: 'description', change: { description } }]),
  ...Object.entries(settings).map(([name, value]) => ({
    path: `settings.${name}`,
    change: { settings: { [name]: value } },
  })),
];

export const pictureOnly: ChangePart = { path: 'pictureMediaId' };

/** The group once a change is done. */
export const changed = <Group extends Pick<GroupView, 'subject' | 'description' | 'settings'>>(
  group: Group,
  { subject, description, settings }: GroupChange,
): Group => ({
  ...group,
  ...(subject !== undefined && { subject }),
  ...(description !== undefined && { description: description === '' ? null : description }),
  settings: { ...group.settings, ...settings },
});

const isAsAsked = (group: GroupView, change: GroupChange): boolean => {
  const { subject, description, settings } = changed(group, change);
  return (
    subject === group.subject &&
    description === group.description &&
    Object.entries(settings).every(([name, value]) => group.settings[name as keyof typeof settings] === value)
  );
};

/**
 * What became of each part, of which one failed: those before it are done. `now`: the group after that, which shows what became of a question
 * without an answer; undefined where that is not known.
 */
export const resultsOfParts = (
  parts: readonly ChangePart[],
  failed: { readonly index: number; readonly error: unknown },
  now: GroupView | undefined,
): readonly PartResult[] =>
  parts.map(({ path, change }, index) => {
    if (index < failed.index) return { path, ok: true };
    if (index > failed.index) return { path, ok: false, code: 'not_tried' };
    const refused = refusalCode(failed.error);
    if (refused !== undefined) return { path, ok: false, code: refused };
    if (!now || !change) return { path, ok: false, code: 'unconfirmed' };
    return isAsAsked(now, change) ? { path, ok: true } : { path, ok: false, code: 'not_answered' };
  });
