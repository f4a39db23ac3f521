import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { setTimeout as passed } from 'node:timers/promises';
import { isIP } from 'node:net';
import { keyedQueue } from '#lib/async';
import { candidatesFor, namesInHosts, searchIn } from './name-files.js';

/** Fails where the name has no address. Once `signal` aborts, nobody waits for the answer. */
export type LookUp = (name: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;

export type NamesOptions = {
  readonly hostsFile?: string;
  readonly resolvFile?: string;
  /** The name servers, by default those of the system. */
  readonly servers?: readonly string[];
  /** Looks up a name as the system does, in which any answer takes a thread of the few that the process has. */
  readonly system?: (name: string) => Promise<readonly LookupAddress[]>;
};

const serverTimeoutMs = 2_000;
const triesPerServer = 2;
/** Once a name has addresses of one family, those of the other are waited for this long: some servers never answer for IPv6. */
const otherFamilyTimeoutMs = 300;

/**
 * Looks up names as the system does, with its hosts file, its servers and its search domains, and without its threads: the system does two look-ups
 * at a time for the whole process, and one that nobody answers takes it ten seconds and more. Only the names of the own machine and network, which
 * no user has a server for, are left to it where the servers do not know them (mDNS knows some), one after the other.
 */
export const openNames = ({
  hostsFile = '/etc/hosts',
  resolvFile = '/etc/resolv.conf',
  servers,
  system = (name) => lookup(name, { all: true }),
}: NamesOptions = {}): LookUp => {
  const bySystem = keyedQueue({ maxConcurrent: 1 });
  const inHosts = lastOf(namesInHosts);
  const searchOf = lastOf(searchIn);
  // A resolver reads the file once.
  const resolverOf = lastOf(() => {
    const resolver = new Resolver({ timeout: serverTimeoutMs, tries: triesPerServer });
    if (servers) resolver.setServers([...servers]);
    return resolver;
  });

  return async (name, signal) => {
    const family = isIP(name);
    if (family !== 0) return [{ address: name, family }];
    const [hosts, resolv] = await Promise.all([textOf(hostsFile), textOf(resolvFile)]);
    const written = inHosts(hosts).get(withoutDot(name).toLowerCase());
    if (written) return written;
    let failure: unknown;
    for (const candidate of candidatesFor(name, searchOf(resolv))) {
      signal.throwIfAborted();
      try {
        return await addressesOf(resolverOf(resolv), candidate);
      } catch (error) {
        if (isTimeout(error)) throw error;
        failure = error;
      }
    }
    if (!isLocal(name)) throw failure;
    return bySystem.run(name, () => {
      signal.throwIfAborted();
      return system(name);
    });
  };
};

const addressesOf = async (resolver: Resolver, name: string): Promise<readonly LookupAddress[]> => {
  const found: LookupAddress[] = [];
  const failures: Error[] = [];
  const asked = [resolver.resolve4(name), resolver.resolve6(name)].map(async (answer, index) => {
    try {
      for (const address of await answer) found.push({ address, family: index === 0 ? 4 : 6 });
    } catch (error) {
      failures.push(error as Error);
      throw error;
    }
  });
  const all = Promise.allSettled(asked);
  const enough = Promise.any(asked).then(
    () => passed(otherFamilyTimeoutMs, undefined, { ref: false }),
    () => all,
  );
  await Promise.race([all, enough]);
  if (found.length === 0) throw failures.find(isTimeout) ?? failures[0] ?? new Error(`${name} has no address`);
  return found.toSorted((one, other) => rank(one) - rank(other));
};

/** IPv4 first, unless the machine has only the other. */
const rank = ({ family }: LookupAddress): number => {
  const hasIPv4 = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((one) => !one.internal && one.family === 'IPv4'),
  );
  return (family === 4) === hasIPv4 ? 0 : 1;
};

const isTimeout = (error: unknown): boolean => (error as { readonly code?: unknown }).code === 'ETIMEOUT';

const withoutDot = (name: string): string => name.replace(/\.$/, '');

const isLocal = (name: string): boolean => /^[^.]+$|\.(local|localhost)$/i.test(withoutDot(name));

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

/** What was made of a text that has not changed is not made again. */
const lastOf = <Made>(make: (text: string) => Made): ((text: string) => Made) => {
  let last: { readonly text: string; readonly made: Made } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, made: make(text) };
    return last.made;
  };
};

/** That of the process. */
export const lookUpName = openNames();
