import { decider, type Command, type OfType } from '#lib/event-sourcing';
import type { ContactNames } from '#lib/whatsapp';
import { personEvents, type PersonEvent } from '../person.contract.js';

type Named = OfType<PersonEvent, 'PersonNamed'>['data'];
type Names = Required<ContactNames>;

/** `at` is ISO 8601. A name that is left out stays. */
export type NamePerson = Command<
  'NamePerson',
  Omit<Named, keyof Names | 'namedAt'> & ContactNames & { readonly at: string }
>;

const unnamed: Names = { savedName: null, verifiedName: null, pushName: null };

export const personDecider = decider<NamePerson, PersonEvent, Names>({
  events: personEvents,
  idOf: ({ data }) => data.chatId,
  initialState: unnamed,
  decide: {
    NamePerson: ({ at, savedName, verifiedName, pushName, ...person }, state) => {
      const names = withNames(state, { savedName, verifiedName, pushName });
      return isSame(names, state) ? [] : [{ type: 'PersonNamed', data: { ...person, ...names, namedAt: at } }];
    },
  },
  evolve: {
    PersonNamed: (_before, { savedName, verifiedName, pushName }) => ({ savedName, verifiedName, pushName }),
  },
});

/** The names after a change. */
export const withNames = (
  names: Names,
  { savedName = names.savedName, verifiedName = names.verifiedName, pushName = names.pushName }: Partial<Changed>,
): Names => ({ savedName, verifiedName, pushName });

type Changed = { readonly [Name in keyof Names]: string | null | undefined };

export const isSame = (one: Names, other: Names): boolean =>
  one.savedName === other.savedName && one.verifiedName === other.verifiedName && one.pushName === other.pushName;
