/** Where a reader goes on: after so many (`index` + 1) of the public events of a position; after all of them where `index` is null. */
export type Cursor = { readonly position: number; readonly index: number | null };

export const cursorPattern = /^\d{1,16}(?:\.\d{1,4})?$/;

/** As readers are told it. */
export const cursorText = ({ position, index }: Cursor): string =>
  index === null ? String(position) : `${position}.${index}`;

/** Of a text that matches the pattern. */
export const parseCursor = (text: string): Cursor => {
  const [position, index] = text.split('.');
  return { position: Number(position), index: index === undefined ? null : Number(index) };
};
