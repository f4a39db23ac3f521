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
  /^( *)(?:(?:const|let|var) )?([\w$]+) = (?:\/\* @__PURE__ \*\/ )?__name\((?=(?:async )?(?:function\*? ?)?\()/gm;

/**
 * `x = __name((y) => z, "x")` becomes `x = (y) => z`, which has the same name by itself: a function that is an argument has none that could be
 * found. There are blanks for what goes, so that the source maps stay right. Of unminified text.
 */
export const withoutNaming = (text: string): string => {
  const blanks: (readonly [from: number, to: number])[] = [];
  for (const { index, 0: found, 1: indent = '', 2: variable } of text.matchAll(named)) {
    const from = index + found.length;
    const name = `, "${variable}");\n`;
    const firstLine = text.indexOf('\n', from) + 1;
    const isOneLine = text.endsWith(name, firstLine);
    const to = isOneLine ? firstLine : endOfBlock(text, firstLine, indent.length);
    if (text.endsWith(name, to)) blanks.push([from - '__name('.length, from], [to - name.length, to - ';\n'.length]);
  }
  let cheaper = '';
  let done = 0;
  for (const [from, to] of blanks.toSorted(([one], [other]) => one - other)) {
    cheaper += text.slice(done, from) + ' '.repeat(to - from);
    done = to;
  }
  return cheaper + text.slice(done);
};
