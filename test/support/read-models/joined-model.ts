import type { Fields } from '#lib/read-models';

/** What is written of a document that may be joined with others. */
export type Own = {
  readonly user?: string;
  readonly id?: string;
  readonly next?: string | null;
  readonly n?: number;
  readonly name?: string | null;
  readonly at?: number;
  readonly text?: string;
};

/** The documents with what follows from how they are joined: the expected behaviour of the views. */
export const joinedModel = (own: ReadonlyMap<string, Own>): ReadonlyMap<string, Fields> => {
  const groups = new Map<string, readonly string[]>();
  for (const id of [...own.keys()].sort()) {
    const root = rootIn(own, id);
    groups.set(root, [...(groups.get(root) ?? []), id]);
  }
  return new Map([...own].map(([id, doc]) => [id, { ...(doc as Fields), ...derived(own, id, groups) }]));
};

const rootIn = (own: ReadonlyMap<string, Own>, start: string): string => {
  let last = start;
  for (let steps = 0; steps < own.size; steps += 1) last = nextOf(own, last) ?? last;
  if (nextOf(own, last) === undefined) return last;
  const circle = [last]; // after as many steps as there are documents, it is in one
  for (let id = nextOf(own, last); id !== undefined && id !== last; id = nextOf(own, id)) circle.push(id);
  return circle.sort()[0] as string;
};

const nextOf = (own: ReadonlyMap<string, Own>, id: string): string | undefined => {
  const next = own.get(id)?.next;
  return typeof next === 'string' && next !== id && own.has(next) ? next : undefined;
};

const hasAny = ({ n, name, at }: Own): boolean => (n ?? 0) !== 0 || (name ?? null) !== null || typeof at === 'number';

const derived = (own: ReadonlyMap<string, Own>, id: string, groups: ReadonlyMap<string, readonly string[]>): Fields => {
  const doc = own.get(id) ?? {};
  const group = groups.get(id);
  if (!group) return hasAny(doc) ? { lead: rootIn(own, id) } : {};
  const others = group.filter((other) => other !== id && hasAny(own.get(other) ?? {}));
  const all = [id, ...others].map((each) => own.get(each) ?? {});
  const title = all.find(({ name }) => typeof name === 'string')?.name;
  const latest = Math.max(...all.map(({ at }) => at ?? -1));
  const latestText = all.find(({ at }) => at === latest)?.text;
  return {
    ...(others.length > 0 && { others }),
    total: all.reduce((sum, { n }) => sum + (n ?? 0), 0),
    ...(typeof title === 'string' && { title }),
    ...(latest >= 0 && { latest }),
    ...(latestText !== undefined && { latestText }),
  };
};
