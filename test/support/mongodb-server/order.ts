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
      return compareTexts(a as string, b as string);
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

/** As their bytes in UTF-8 compare, where what is written as two halves is greater than all else. */
const compareTexts = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (one !== other) return Number(isHalf(one)) - Number(isHalf(other)) || one - other;
  }
  return a.length - b.length;
};
const isHalf = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;

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
  path.includes('.') ? path.split('.').reduce(fieldOf, document) : fieldOf(document, path);

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Document)[key] : undefined;

/** Of an array, the smallest (or largest) element decides. */
const sortKey = (value: unknown, direction: number): unknown => {
  if (!Array.isArray(value)) return value;
  const sorted = value.toSorted(compareValues);
  return direction > 0 ? sorted[0] : sorted.at(-1);
};

/** `sort` has a direction for each path. */
export const sortedBy = (documents: readonly Document[], sort: Document): readonly Document[] => {
  const fields = Object.entries(sort) as [string, number][];
  const keyed = documents.map((document) => ({
    document,
    keys: fields.map(([path, direction]) => sortKey(at(document, path), direction)),
  }));
  keyed.sort((a, b) => {
    for (let index = 0; index < fields.length; index += 1) {
      const order = compareValues(a.keys[index], b.keys[index]);
      if (order !== 0) return order * (fields[index] as [string, number])[1];
    }
    return 0;
  });
  return keyed.map(({ document }) => document);
};
