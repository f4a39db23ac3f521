/** A value that survives `JSON.stringify` and `JSON.parse` unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** About how many characters a value has as JSON; 0 where it is undefined. */
export const charactersOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object') return value === undefined ? 0 : 5;
  if (value === null) return 4;
  let characters = 2;
  if (Array.isArray(value)) for (const each of value) characters += charactersOf(each) + 1;
  else for (const key in value) characters += key.length + 4 + charactersOf((value as JsonObject)[key]);
  return characters;
};
