/** The keys that lead to a value, from the outermost. */
export type Path = readonly string[];

/** A copy without those fields that are null; undefined where none of the paths leads to such a field. */
export const withoutNullsAt = (body: unknown, paths: readonly Path[]): unknown => {
  const nulls = paths.filter((path) => path.length > 0 && valueAt(body, path) === null);
  const fields = nulls.filter((path) => !Array.isArray(valueAt(body, path.slice(0, -1))));
  if (fields.length === 0) return undefined;
  const copy = structuredClone(body);
  for (const path of fields) delete (valueAt(copy, path.slice(0, -1)) as Record<string, unknown>)[path.at(-1) ?? ''];
  return copy;
};

const valueAt = (body: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    body,
  );
