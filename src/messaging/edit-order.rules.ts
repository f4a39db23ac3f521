/** When an edit was made, by the clock of its author's device (ISO 8601); undefined where that did not say. */
type MadeAt = string | undefined;

/** Whether an edit was made before the last one that counts: what the author's device says decides, as on phones, and not what arrives last. */
export const isOlderEdit = (madeAt: MadeAt, last: string | null): boolean =>
  madeAt !== undefined && last !== null && madeAt < last;

/** When the last edit that counts was made, after this one. */
export const lastEditAfter = (madeAt: MadeAt, last: string | null): string | null =>
  madeAt === undefined || isOlderEdit(madeAt, last) ? last : madeAt;

/** When an edit is made that follows all of these, whatever the clocks say: undefined where they are all before `at`. */
export const afterEdits = (at: string, known: readonly (string | null)[]): MadeAt => {
  const last = known.reduce((one, other) => (one === null || (other !== null && other > one) ? other : one), null);
  return last === null || last < at ? undefined : new Date(Date.parse(last) + 1).toISOString();
};
