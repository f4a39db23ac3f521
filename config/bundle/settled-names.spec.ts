import { describe, expect, it } from '@jest/globals';
import { readSettledOnce, settledIn } from './settled-names.js';

const settledOf = (...lines: readonly string[]) => [...settledIn([...lines, ''].join('\n'))];

describe('the settled names of a bundled file', () => {
  it('are those that no function assigns', () => {
    expect(
      settledOf(
        'var constant = 1;',
        'function work() {',
        '  const local = constant;',
        '}',
        'async function* stream() {',
        '}',
        'class Shape {',
        '}',
        'var $odd = class {',
        '};',
        'export {',
        '  constant,',
        '  work as started,',
        '  stream,',
        '  Shape,',
        '  $odd',
        '};',
      ),
    ).toEqual(['constant', 'started', 'stream', 'Shape', '$odd']);
  });

  it('are those that are assigned again while the file runs, as decorated classes are', () => {
    expect(
      settledOf('var Service = class {', '};', 'Service = decorate(Service);', 'export {', '  Service', '};'),
    ).toEqual(['Service']);
  });

  it.each([
    ['  count = 2;'],
    ['  count += 2;'],
    ['  count ??= 2;'],
    ['  count++;'],
    ['  return --count;'],
    ['  if (!count) count = read();'],
    ['  [count] = read();'],
    ['  ({ count } = read());'],
    ['  ({ value: count, ...rest } = read());'],
    ['  for (count of all) read();'],
  ])('are not those that a function assigns:%s', (line) => {
    expect(settledOf('var count = 1;', 'function change() {', line, '}', 'export {', '  count', '};')).toEqual([]);
  });

  it('are not those that an arrow function in one line assigns', () => {
    expect(
      settledOf('var count = 1;', 'var change = (to) => count = to;', 'export {', '  change,', '  count', '};'),
    ).toEqual(['change']);
  });

  it('are not those that have no value yet, or are another file’s', () => {
    expect(
      settledOf('import {', '  other', '} from "./other.js";', 'var later;', 'export {', '  later,', '  other', '};'),
    ).toEqual([]);
  });

  it('are those that are only compared, or have a function’s parameter of their name', () => {
    expect(
      settledOf(
        'var limit = 1;',
        'function isOver(n) {',
        '  return n >= limit && limit !== 0 && ((x) => x == limit)(n);',
        '}',
        'export {',
        '  limit',
        '};',
      ),
    ).toEqual(['limit']);
  });
});

describe('imports of settled names', () => {
  const text = [
    'import {',
    '  constant,',
    '  live,',
    '  other as mine',
    '} from "./a.js";',
    'use(constant, live, mine);',
  ].join('\n');
  const settled = new Map([['a.js', new Set(['constant', 'other'])]]);

  it('are read once, and each line stays where it is', () => {
    const read = readSettledOnce(text, { settled, hasRunBefore: () => true }).split('\n');
    expect(read[0]).toBe(
      'import { live as live } from "./a.js";const { constant: constant, other: mine } = require("./a.js");',
    );
    expect(read[5]).toBe('use(constant, live, mine);');
  });

  it('stay as they are where that file may not have run to its end', () => {
    expect(readSettledOnce(text, { settled, hasRunBefore: () => false })).toBe(text);
  });
});
