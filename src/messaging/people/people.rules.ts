import { jidOf, type Person } from '#lib/whatsapp';
import type { NamedPerson } from '../address.contract.js';

/** Whose address it is; null before anything is known of it. */
export type AddressState = {
  readonly chatId: string;
  readonly phoneNumber: string | null;
  readonly lid: string | null;
} | null;

/** Whether it is on record that an address is this person's. */
export const isLearned = (
  state: AddressState,
  { phoneNumber, lid }: Pick<NamedPerson, 'phoneNumber' | 'lid'>,
): state is NonNullable<AddressState> =>
  state !== null && (phoneNumber === null || state.phoneNumber === phoneNumber) && (lid === null || state.lid === lid);

/** The addresses (jids) of a person whose number WhatsApp named. */
type Addresses = {
  readonly number: string;
  readonly lid: string | null;
  /** Another spelling of the number. */
  readonly spelling: string | null;
};

/** Undefined where the number is not known: nothing is revealed then. */
export const addressesOf = ({ phoneNumber, lid, spelling }: NamedPerson): Addresses | undefined => {
  if (phoneNumber === null) return undefined;
  const isOther = spelling !== undefined && spelling !== phoneNumber;
  return { number: jidOf(phoneNumber), lid, spelling: isOther ? jidOf(spelling) : null };
};

/** What is known of each of a person's addresses. */
type KnownAddresses = {
  readonly number: AddressState;
  readonly lid: AddressState;
  readonly spelling: AddressState;
};

/** The chat that a person has already; undefined where there is none. A LID that belonged to another number before does not count. */
export const earlierChatOf = (phoneNumber: string, { number, lid, spelling }: KnownAddresses): string | undefined => {
  const known = [number, lid, spelling].find((address) => address?.phoneNumber === phoneNumber);
  const unnamed = lid?.phoneNumber === null ? lid : undefined;
  return (known ?? unnamed)?.chatId;
};

/**
 * Which addresses are to be recorded for a person with this chat. `ownChatId` is the chat that the number has by itself: where it is the
 * person's, the number needs no mention beside another address.
 */
export const addressesToRecord = (
  { number, lid, spelling }: Addresses,
  chatId: string,
  ownChatId: string,
): readonly string[] => {
  const others = [lid, spelling].filter((address) => address !== null);
  return chatId === ownChatId && others.length > 0 ? others : [number, ...others];
};

type Named = Pick<Person, 'phoneNumber' | 'lid'>;

/** Whether both are known by the same number or LID. */
export const isSamePerson = (one: Named, other: Named): boolean =>
  (one.lid !== null && one.lid === other.lid) || (one.phoneNumber !== null && one.phoneNumber === other.phoneNumber);
