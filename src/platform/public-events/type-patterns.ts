/** Whether a type of public event is meant by one of these patterns: a type, a group of types (`message.*`), or all (`*`). */
export const matchesType = (patterns: readonly string[], type: string): boolean =>
  patterns.some((pattern) => pattern === '*' || pattern === type || isGroupOf(pattern, type));

const isGroupOf = (pattern: string, type: string): boolean =>
  pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
