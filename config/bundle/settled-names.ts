/** The text of a file that esbuild made of ES modules, unminified: a statement begins a line, and what is within something is indented. */
type BundledText = string;

/** The names that each file exports and that have their value for good once it has run. */
type SettledNames = ReadonlyMap<string, ReadonlySet<string>>;

const name = '[A-Za-z_$][\\w$]*';
const assignment = new RegExp(
  `(?:\\+\\+|--)(${name})|(?<![\\w$.])(${name})(?:\\+\\+|--|\\s*(?:[-+*/%&|^?]{1,2}|<<|>>>?)?=(?![=>]))`,
  'g',
);
/** Where something is taken apart into variables that were declared before, or is looped over with one. */
const pattern = /^.*(?:[\]}]\s*=(?![=>])|\bfor (?:await )?\((?!const |let |var )).*$/gm;
const declared = new RegExp(`\\b(?:const|let|var)\\s+${name}\\s*=(?![=>])`, 'g');
const beginning = new RegExp(`^(?:(?:var|let|const) )?${name} = `);

/** What a function does, which may run at any time: all that is indented, and arrow functions in one line. */
const withinFunctions = (text: BundledText): string =>
  text
    .split('\n')
    .map((line) => (/^\s/.test(line) ? line : line.includes('=>') ? line.replace(beginning, '') : ''))
    .join('\n');

const assignedIn = (functions: string): ReadonlySet<string> => {
  const assigned = new Set<string>();
  for (const [, stepped, changed] of functions.replaceAll(declared, '').matchAll(assignment))
    assigned.add((stepped ?? changed)!);
  for (const [line] of functions.matchAll(pattern)) for (const [each] of line.matchAll(/[\w$]+/g)) assigned.add(each);
  return assigned;
};

const isDeclaredIn = (text: BundledText, local: string): boolean => {
  const escaped = local.replaceAll('$', '\\$');
  const ways = [`(?:var|let|const) ${escaped} =`, `(?:async )?function\\*? ?${escaped}\\(`, `class ${escaped}\\b`];
  return new RegExp(`^(?:${ways.join('|')})`, 'm').test(text);
};

const pairsOf = (list: string): readonly (readonly [string, string])[] =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .map((each) => {
      const [from, to] = each.split(' as ');
      return [from!, to ?? from!];
    });

/**
 * The names that a file exports and that have their value for good once it has run: those that are declared in it, and that no function in it
 * assigns. Rather too few than too many: a name that means something else within a function is left out if it is assigned there.
 */
export const settledIn = (text: BundledText): ReadonlySet<string> => {
  const [, exported = ''] = /^export \{([^}]*)\};$/m.exec(text) ?? [];
  const assigned = assignedIn(withinFunctions(text));
  const settled = pairsOf(exported).filter(([local]) => isDeclaredIn(text, local) && !assigned.has(local));
  return new Set(settled.map(([, outside]) => outside));
};

export type SettledImportsOptions = {
  readonly settled: SettledNames;
  /** Whether a file has run to its end when this one begins: they do not load each other. */
  readonly hasRunBefore: (file: string) => boolean;
};

/**
 * Takes settled names out of imports, and reads them once. By itself, esbuild calls two functions at each use of a name of another file of CommonJS,
 * lest its value changes. Lines stay where they are, for source maps.
 */
export const readSettledOnce = (text: BundledText, { settled, hasRunBefore }: SettledImportsOptions): string =>
  text.replaceAll(/^import \{([^}]*)\} from "\.\/([^"]+)";$/gm, (whole: string, list: string, from: string) => {
    if (!hasRunBefore(from)) return whole;
    const isSettled = ([outside]: readonly [string, string]): boolean => settled.get(from)?.has(outside) ?? false;
    const pairs = pairsOf(list);
    const once = pairs.filter(isSettled).map((pair) => pair.join(': '));
    const live = pairs.filter((pair) => !isSettled(pair)).map((pair) => pair.join(' as '));
    return [
      live.length > 0 ? `import { ${live.join(', ')} } from "./${from}";` : '',
      once.length > 0 ? `const { ${once.join(', ')} } = require("./${from}");` : '',
      '\n'.repeat(whole.split('\n').length - 1),
    ].join('');
  });
