import type { Messenger } from '../sessions/whatsapp.contract.js';
import { readPeople, withAddresses, type AskedPerson } from './asked-people.rules.js';

/** Who the people are that a request names. @throws {NotConnected} @throws {QueryFailed} WhatsApp was asked for numbers, and did not answer at all */
export const lookUpPeople = async (
  messenger: Pick<Messenger, 'checkNumbers'>,
  sessionId: string,
  texts: readonly string[],
): Promise<readonly AskedPerson[]> => {
  const people = readPeople(texts);
  const numbers = people.flatMap(({ phoneNumber }) => phoneNumber ?? []);
  const checks = numbers.length === 0 ? [] : await messenger.checkNumbers(sessionId, numbers);
  return withAddresses(people, checks);
};
