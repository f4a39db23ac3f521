import type { Figure, Measured } from './harness.js';

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

const headings = ['figure', 'ratio', 'aim', 'product', 'floor', 'unit', 'loop p99'];
const widths = [30, 7, 7, 11, 11, 10, 9];

const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' ');

export const heading = (): string => row(headings);

/** One line for the figures, one for what was compared, one for each note. */
export const lines = ({ name, aim, unit, product, floor }: Figure, measured: Measured): readonly string[] => {
  const loop = measured.loopDelay === undefined ? '' : `${measured.loopDelay.toFixed(1)} ms`;
  const mark = measured.ratio >= aim ? '' : '  below its aim';
  const cells = [name, number(measured.ratio), String(aim), number(measured.value), number(measured.floor), unit, loop];
  const notes = (measured.notes ?? []).map((note) => `    ${note}`);
  return [`${row(cells)}${mark}`, `    ${product} : ${floor}`, ...notes];
};
