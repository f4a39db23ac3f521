import type { GroupFacts, GroupParticipant, GroupPerson } from './group.contract.js';

/** What a person is known by within a group: WhatsApp names everybody in it by the same kind of address. */
const keyOf = ({ phoneNumber, lid }: GroupPerson): string => lid ?? phoneNumber ?? '';

const isSame = (one: GroupParticipant, other: GroupParticipant): boolean =>
  one.role === other.role && one.phoneNumber === other.phoneNumber && one.lid === other.lid;

/** How the participants of a group have changed. */
export const participantChanges = (
  before: readonly GroupParticipant[],
  after: readonly GroupParticipant[],
): {
  readonly added: readonly GroupParticipant[];
  readonly removed: readonly GroupParticipant[];
  readonly changed: readonly GroupParticipant[];
} => {
  const known = new Map(before.map((each) => [keyOf(each), each]));
  const present = new Set(after.map(keyOf));
  return {
    added: after.filter((each) => !known.has(keyOf(each))),
    removed: before.filter((each) => !present.has(keyOf(each))),
    changed: after.filter((each) => {
      const former = known.get(keyOf(each));
      return former !== undefined && !isSame(former, each);
    }),
  };
};

/** The participants after a change. */
export const withChanges = (
  before: readonly GroupParticipant[],
  { added, removed, changed }: ReturnType<typeof participantChanges>,
): readonly GroupParticipant[] => {
  const gone = new Set(removed.map(keyOf));
  const now = new Map(changed.map((each) => [keyOf(each), each]));
  return [...before.filter((each) => !gone.has(keyOf(each))).map((each) => now.get(keyOf(each)) ?? each), ...added];
};

export const isSameFacts = (one: GroupFacts, other: GroupFacts): boolean =>
  one.subject === other.subject &&
  one.description === other.description &&
  one.settings.announce === other.settings.announce &&
  one.settings.locked === other.settings.locked &&
  one.settings.approval === other.settings.approval &&
  one.settings.ephemeralSeconds === other.settings.ephemeralSeconds;

/** The id of a participant's document in the view. */
export const participantIdOf = (groupId: string, person: GroupPerson): string => `${groupId} ${keyOf(person)}`;
