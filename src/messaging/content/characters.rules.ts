const controlOrHalf = /[\p{Cc}\p{Cs}]/u;

/**
 * Without control characters and halves of surrogate pairs. This is not a pattern in the schema, since readers of the document that
 * leave out the flag `u` would take it for another one.
 */
export const isPlainLine = (text: string): boolean => !controlOrHalf.test(text);

/** The same, but tabs and line breaks are allowed. */
export const isPlainText = (text: string): boolean => isPlainLine(text.replaceAll(/[\t\r\n]/g, ''));
