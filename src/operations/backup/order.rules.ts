/** Where a backup has its place among others. */
export type Placed = {
  /** The log that it is of. */
  readonly log?: string | undefined;
  /** ISO 8601: when that log was last restored; null or absent where it never was, as far as is known. */
  readonly restoredAt?: string | null | undefined;
  /** Of the last event in it. */
  readonly position: number;
  /** ISO 8601. */
  readonly takenAt: string;
};

/**
 * Newest first. Those of one log are in the order of their positions: clocks are set back, positions are not. Only what positions cannot tell is
 * ordered by time: backups of different logs, and those of a restored copy against those of what it was restored from, which it may be behind.
 */
export const newestFirst = <Backup extends Placed>(backups: readonly Backup[]): readonly Backup[] => {
  const histories = new Map<string, readonly Backup[]>();
  for (const backup of backups) {
    const history = `${backup.log ?? ''} ${backup.restoredAt ?? ''}`;
    histories.set(history, [...(histories.get(history) ?? []), backup]);
  }
  const left = [...histories.values()].map((history) => history.toSorted(laterFirst));
  const all: Backup[] = [];
  while (all.length < backups.length) {
    const next = left.filter(({ length }) => length > 0).reduce((a, b) => (headTime(b) > headTime(a) ? b : a));
    all.push(...next.splice(0, 1));
  }
  return all;
};

const laterFirst = (a: Placed, b: Placed): number => b.position - a.position || (a.takenAt < b.takenAt ? 1 : -1);

const headTime = ([head]: readonly Placed[]): string => head?.takenAt ?? '';
