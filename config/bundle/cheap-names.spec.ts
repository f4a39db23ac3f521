import { describe, expect, it } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { givesNames, lookForNames, withoutNaming } from './cheap-names.js';

const helper = [
  'var __defProp = Object.defineProperty;',
  'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });',
  '',
].join('\n');

/** Runs bundled lines, and answers what `result` is then, and how many names were given. */
const ran = (transform: (text: string) => string, lines: readonly string[]) => {
  let given = 0;
  const text = transform([helper, ...lines, ''].join('\n')).replaceAll('Object.defineProperty', 'count');
  const count = (target: object, key: string, options: PropertyDescriptor): object => {
    given += 1;
    return Object.defineProperty(target, key, options);
  };
  const names = runInNewContext(`${text}result.map(({ name }) => name).join();`, { count }) as string;
  return { names: names.split(','), given, lines: text.split('\n').length };
};

const functions = [
  'var one = /* @__PURE__ */ __name((n) => n, "one");',
  'var many = __name(async (n) => {',
  '  const inner = __name(() => {',
  '    return n;',
  '  }, "inner");',
  '  return inner;',
  '}, "many");',
  'var result = [one, many];',
];

describe('the names of bundled functions', () => {
  it('stay, and are not given where a variable gives them', () => {
    const before = ran((text) => text, functions);
    expect(before).toMatchObject({ names: ['one', 'many'], given: 2 });
    expect(ran(withoutNaming, functions)).toEqual({ ...before, given: 0 });
  });

  it('are not given to properties and declarations that have them', () => {
    const lines = [
      'var methods = {',
      '  one: /* @__PURE__ */ __name((n) => n, "one"),',
      '  many: __name(async (n) => {',
      '    return {',
      '      inner: __name(() => n, "inner")',
      '    };',
      '  }, "many"),',
      '  "last-one": __name(() => 1, "last-one"),',
      '  other: __name(() => 1, "another")',
      '};',
      'function declared() {',
      '}',
      '__name(declared, "declared");',
      'var result = [methods.one, methods.many, methods["last-one"], methods.other, declared];',
    ];
    const before = ran((text) => text, lines);
    expect(before).toMatchObject({ names: ['one', 'many', 'last-one', 'another', 'declared'], given: 5 });
    expect(ran(withoutNaming, lines)).toEqual({ ...before, given: 2 });
  });

  it('are given where a variable has another one', () => {
    const other = ['var one2 = __name((n) => n, "one");', 'var result = [one2];'];
    expect(ran(withoutNaming, other)).toMatchObject({ names: ['one'], given: 1 });
  });

  it('are looked for before they are given', () => {
    const declared = ['function one() {', '}', '__name(one, "one");', 'function two() {', '}', '__name(two, "2");'];
    expect(givesNames(helper)).toBe(true);
    expect(ran(lookForNames, [...declared, 'var result = [one, two];'])).toMatchObject({
      names: ['one', '2'],
      given: 1,
    });
  });
});
