/*
 * esbuild gives each function its name by a call that defines a property, so that names survive whatever it does. Nearly all functions have their
 * name by themselves.
 */

const naming = /__name ?= ?\(target, ?value\) ?=> ?__defProp\(/;

/** Whether esbuild's function that gives names is in the text. */
export const givesNames = (text: string): boolean => naming.test(text);

/** Looks for the name before it is given: giving it takes ten times as long. */
export const lookForNames = (text: string): string =>
  text.replace(naming, '__name = (target, value) => target.name === value ? target : __defProp(');

/** Where the first line ends, at or after one, that is indented as little. */
const endOfBlock = (text: string, line: number, indentation: number): number => {
  const last = new RegExp(`^ {0,${indentation}}[^ \\n].*\\n`, 'gm');
  last.lastIndex = line;
  return last.test(text) ? last.lastIndex : -1;
};

const named =
  /^( *)(?:(?:(?:const|let|var) )?([\w$]+) =|([\w$]+):) (?:\/\* @__PURE__ \*\/ )?__name\((?=(?:async )?(?:function\*? ?)?\()/gm;

/** A function that was declared with its name. */
const declared = /^ *__name\(([\w$]+), "\1"\);$/gm;

/**
 * `x = __name((y) => z, "x")` becomes `x = (y) => z`, which has the same name by itself, and so do properties of literals; `__name(x, "x")` goes
 * where it follows a declaration. A function that is an argument has no name that could be found. There are blanks for what goes, so that the source
 * maps stay right. Of unminified text.
 */
export const withoutNaming = (text: string): string => {
  const blanks: (readonly [from: number, to: number])[] = [];
  for (const { index, 0: found, 1: indent = '', 2: variable, 3: property } of text.matchAll(named)) {
    const from = index + found.length;
    const names = property === undefined ? [`, "${variable}");\n`] : [`, "${property}"),\n`, `, "${property}")\n`];
    const endsAt = (to: number): string | undefined => names.find((name) => text.endsWith(name, to));
    const firstLine = text.indexOf('\n', from) + 1;
    const to = endsAt(firstLine) === undefined ? endOfBlock(text, firstLine, indent.length) : firstLine;
    const name = endsAt(to);
    if (name === undefined) continue;
    blanks.push([from - '__name('.length, from], [to - name.length, to - name.length + name.indexOf(')') + 1]);
  }
  for (const { index, 0: found } of text.matchAll(declared)) blanks.push([index, index + found.length]);
  let cheaper = '';
  let done = 0;
  for (const [from, to] of blanks.toSorted(([one], [other]) => one - other)) {
    cheaper += text.slice(done, from) + ' '.repeat(to - from);
    done = to;
  }
  return cheaper + text.slice(done);
};
