import type { RecipientReceipt } from './receipts.contract.js';

type Status = RecipientReceipt['status'];

const statuses = ['delivered', 'read', 'played'] as const satisfies readonly Status[];
const rankOf = (status: Status): number => statuses.indexOf(status);

/** How far a message has come with each of those who confirmed it, by their jid. */
export type Progress = ReadonlyMap<string, Status>;

/** Whether a receipt says more than is known already. People have several devices, and WhatsApp repeats receipts. */
export const isNews = (progress: Progress, { jid, status }: RecipientReceipt): boolean => {
  const known = progress.get(jid);
  return known === undefined || rankOf(status) > rankOf(known);
};

/** A person's times; null: not yet. */
export type Times = { readonly [status in Status]: string | null };

/** What is known of each person: a status implies those before it. `personOf` says who has a jid. */
export const timesOf = (
  receipts: readonly RecipientReceipt[],
  personOf: (jid: string) => string = (jid) => jid,
): ReadonlyMap<string, Times> => {
  const people = new Map<string, Times>();
  for (const { jid, status, at } of receipts) {
    const person = personOf(jid);
    const before = people.get(person);
    const timeOf = (each: Status): string | null => {
      const known = before?.[each] ?? null;
      if (rankOf(each) > rankOf(status)) return known;
      return known !== null && known < at ? known : at;
    };
    people.set(person, { delivered: timeOf('delivered'), read: timeOf('read'), played: timeOf('played') });
  }
  return people;
};

/** The last thing that is known. */
export const statusOf = (times: Times): Status => statuses.findLast((status) => times[status] !== null) ?? 'delivered';
