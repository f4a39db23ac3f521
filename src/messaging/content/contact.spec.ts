import { describe, expect, it } from '@jest/globals';
import { contact } from './contact.content.js';

const issuesOf = (requested: unknown) =>
  contact.sent.request.safeParse(requested).error?.issues.map(({ message }) => message);
/** What is asked for has to fit the event. */
const fits = (requested: unknown): boolean => {
  const content = contact.sent.contentOf(contact.sent.request.parse(requested));
  return contact.sent.event.safeParse(content).success;
};

const number = `+49 170 1234567${' '.repeat(184)}1`;
const phones = (count: number) => Array.from({ length: count }, () => ({ number, label: 'WORK '.repeat(40) }));

describe('a card that is sent', () => {
  it('fits what is recorded, or is refused', () => {
    const card = { name: 'Ada', phones: phones(20) };
    expect(issuesOf({ contacts: [card] })).toEqual(['Must be shorter: as a vCard, it has more than 8192 characters']);
    expect(fits({ contacts: [{ ...card, phones: phones(18) }] })).toBe(true);
  });

  it('fits beside the others, or all of them are refused', () => {
    const card = { name: 'Ж'.repeat(200), phones: phones(16) };
    const refused = issuesOf({ contacts: Array.from({ length: 80 }, () => card) });
    expect(refused).toEqual(['Must be fewer, or shorter: as vCards, they have more than 524288 bytes']);
    expect(fits({ contacts: Array.from({ length: 50 }, () => card) })).toBe(true);
  });

  it('has no email that is longer than one can be', () => {
    const email = `ada@${'a'.repeat(250)}.com`;
    expect(issuesOf({ contacts: [{ name: 'Ada', phones: [], emails: [email] }] })).toHaveLength(1);
  });

  it('is not judged as a whole where a part of it is wrong', () => {
    expect(issuesOf({ contacts: [{ phones: [] }, { name: 'Ada', phones: 'none' }] })).toEqual(['Invalid input']);
  });
});
