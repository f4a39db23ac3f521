import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

/** The addresses of the names in a hosts file. */
export const namesInHosts = (text: string): ReadonlyMap<string, readonly LookupAddress[]> => {
  const all = new Map<string, LookupAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = wordsOf(line);
    const family = isIP(address);
    if (family === 0) continue;
    for (const name of names.map((one) => one.toLowerCase())) {
      const found = all.get(name);
      if (found) found.push({ address, family });
      else all.set(name, [{ address, family }]);
    }
  }
  return all;
};

/** How short names are completed. */
export type Search = {
  readonly domains: readonly string[];
  /** A name with so many dots is first asked for as it is. */
  readonly ndots: number;
};

/** What a `resolv.conf` says of it: the last line of each kind counts. */
export const searchIn = (text: string): Search => {
  let domains: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = wordsOf(line.replace(/^\s*;.*/, ''));
    if (keyword === 'search') domains = values;
    if (keyword === 'domain') domains = values.slice(0, 1);
    if (keyword !== 'options') continue;
    const given = values.map((option) => /^ndots:(\d+)$/.exec(option)?.[1]).find((digits) => digits !== undefined);
    if (given !== undefined) ndots = Math.min(Number(given), maxNdots);
  }
  return { domains: domains.map((domain) => domain.replace(/^\.+|\.+$/g, '')).filter(Boolean), ndots };
};

/** The same as in the C library. */
const maxNdots = 15;

/** The names to ask for in turn, the first that has an address counts. One that ends with a dot is complete. */
export const candidatesFor = (name: string, { domains, ndots }: Search): readonly string[] => {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const completed = domains.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...completed] : [...completed, name];
};

const wordsOf = (line: string): readonly string[] => line.replace(/#.*/, '').split(/\s+/).filter(Boolean);
