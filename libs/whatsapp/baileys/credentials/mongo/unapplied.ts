import type { Step } from './log.js';

type AppliedValue = {
  readonly session: string;
  readonly type: string;
  readonly id: string;
  readonly value: Uint8Array | null;
  readonly sequence: number;
};
type OfSession = { removal: number | undefined; readonly values: Map<string, AppliedValue> };

/** What is in the log and not in the rows yet: the latest of each value. Reads prefer it to the rows. */
export class Unapplied {
  private readonly sessions = new Map<string, OfSession>();
  private readonly sizes = { values: 0, bytes: 0 };

  add({ sequence, changes }: Pick<Step, 'sequence' | 'changes'>): void {
    for (const change of changes) {
      const { session } = change;
      if (change.type === null) {
        this.sessions.set(session, { removal: sequence, values: new Map() });
        continue;
      }
      const known = this.sessions.get(session) ?? { removal: undefined, values: new Map<string, AppliedValue>() };
      this.sessions.set(session, known);
      known.values.set(keyOf(change.type, change.id), { ...change, type: change.type, sequence });
      this.sizes.values += 1;
      this.sizes.bytes += change.value?.byteLength ?? 0;
    }
  }

  /** Undefined where the rows say it, null where there is none. */
  find(session: string, type: string, id: string): Uint8Array | null | undefined {
    const known = this.sessions.get(session);
    const found = known?.values.get(keyOf(type, id))?.value;
    return found === undefined && known?.removal !== undefined ? null : found;
  }

  /** The step that changed a value last; undefined where the rows say it. */
  lastChange(session: string, type: string, id: string): number | undefined {
    const known = this.sessions.get(session);
    return known?.values.get(keyOf(type, id))?.sequence ?? known?.removal;
  }

  /** All of a type, by session: where the session was removed, the rows say nothing of it any more. */
  ofType(type: string): ReadonlyMap<string, { readonly isRemoved: boolean; readonly values: readonly AppliedValue[] }> {
    return new Map(
      Array.from(this.sessions, ([session, { removal, values }]) => {
        const found = [...values.values()].filter((one) => one.type === type);
        return [session, { isRemoved: removal !== undefined, values: found }];
      }),
    );
  }

  changes(): {
    readonly removals: readonly { readonly session: string; readonly sequence: number }[];
    readonly values: readonly AppliedValue[];
  } {
    const sessions = [...this.sessions];
    return {
      removals: sessions.flatMap(([session, { removal }]) =>
        removal === undefined ? [] : [{ session, sequence: removal }],
      ),
      values: sessions.flatMap(([, { values }]) => [...values.values()]),
    };
  }

  /** The changes are in the rows now: what has changed since then stays. */
  forget({ removals, values }: ReturnType<Unapplied['changes']>): void {
    for (const { session, sequence } of removals) {
      const known = this.sessions.get(session);
      if (known?.removal === sequence) known.removal = undefined;
    }
    for (const { session, type, id, sequence } of values) {
      const known = this.sessions.get(session)?.values;
      if (known?.get(keyOf(type, id))?.sequence === sequence) known.delete(keyOf(type, id));
    }
    for (const [session, { removal, values }] of this.sessions)
      if (removal === undefined && values.size === 0) this.sessions.delete(session);
    Object.assign(this.sizes, { values: 0, bytes: 0 });
  }

  /** About how much was added since the rows were last brought up to date. */
  get size(): { readonly values: number; readonly bytes: number } {
    return this.sizes;
  }
}

const keyOf = (type: string, id: string): string => `${type}\0${id}`;
