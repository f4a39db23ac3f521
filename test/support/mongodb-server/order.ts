import { Binary, ObjectId, type Document } from 'bson';

/** The order of types that MongoDB documents: values of different types compare by these. */
export const typeRank = (value: unknown): number => {
  if (value === undefined || value === null) return 1;
  if (typeof value === 'number' || typeof value === 'bigint') return 2;
  if (typeof value === 'string') return 3;
  if (Array.isArray(value)) return 5;
  if (value instanceof Binary || value instanceof Uint8Array) return 6;
  if (value instanceof ObjectId) return 7;
  if (typeof value === 'boolean') return 8;
  if (value instanceof Date) return 9;
  return 4;
};

/** Compares as MongoDB does without a collation: strings byte by byte in UTF-8. */
export const compareValues = (a: unknown, b: unknown): number => {
  const [rankA, rankB] = [typeRank(a), typeRank(b)];
  if (rankA !== rankB) return rankA - rankB;
  switch (rankA) {
    case 1:
      return 0;
    case 2:
      return Number(a) - Number(b);
    case 3:
      return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
    case 4:
      return compareLists(Object.entries(a as Document).flat(), Object.entries(b as Document).flat());
    case 5:
      return compareLists(a as unknown[], b as unknown[]);
    case 6:
      return compareBytes(bytesOf(a), bytesOf(b));
    case 7:
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case 8:
      return Number(a) - Number(b);
    default:
      return (a as Date).getTime() - (b as Date).getTime();
  }
};

const compareLists = (a: readonly unknown[], b: readonly unknown[]): number => {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order = compareValues(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

const bytesOf = (value: unknown): Uint8Array => (value instanceof Binary ? value.buffer : (value as Uint8Array));
const compareBytes = (a: Uint8Array, b: Uint8Array): number => a.length - b.length || Buffer.compare(a, b);

/** The value at a dotted path; undefined where there is none. */
export const at = (document: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? (value as Document)[key] : undefined),
      document,
    );

/** Of an array, the smallest (or largest) element decides. */
const sortKey = (value: unknown, direction: number): unknown => {
  if (!Array.isArray(value)) return value;
  const sorted = value.toSorted(compareValues);
  return direction > 0 ? sorted[0] : sorted.at(-1);
};

export const compareBy =
  (sort: Document) =>
  (a: Document, b: Document): number => {
    for (const [path, direction] of Object.entries(sort) as [string, number][]) {
      const order = compareValues(sortKey(at(a, path), direction), sortKey(at(b, path), direction));
      if (order !== 0) return order * direction;
    }
    return 0;
  };
