/** Cells that a spreadsheet would take for a formula. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text);

const cellOf = (value: string | number): string => {
  if (typeof value === 'number') return String(value);
  const text = isFormula(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** CSV as of RFC 4180. Texts that a spreadsheet would compute come with an apostrophe before them. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((values) => `${values.map(cellOf).join(',')}\r\n`).join('');
