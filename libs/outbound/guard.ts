import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { isPublic } from './addresses.js';
import { FetchFailed, UrlNotAllowed } from './errors.js';
import { lookUpName, type LookUp } from './names.js';

type Found = (error: Error | null, found: readonly LookupAddress[]) => void;

export type GuardOptions = {
  /** Addresses that may be reached although they are not public. */
  readonly isAllowed: (address: string) => boolean;
  /** How names become addresses, by default as the system would do it. */
  readonly lookUp?: LookUp;
  /** Certificate authorities (PEM) that are trusted beside the usual ones. */
  readonly authorities?: string | undefined;
};

const connectTimeoutMs = 10_000;
/** Of that, for the look-up of its name. */
const lookUpTimeoutMs = 5_000;
/** Between two parts of an answer. */
const silenceTimeoutMs = 15_000;

/** Decides where a request may go: the URL itself, and each address that its name leads to at the moment of connecting. */
export class Guard {
  private agent: Promise<Dispatcher> | undefined;
  private isClosed = false;
  /** Who waits for the addresses of a name. */
  private readonly lookUps = new Map<string, Found[]>();

  constructor(private readonly options: GuardOptions) {}

  /** What requests go through: the bounds hold for each of its connections. @throws {FetchFailed} once it is closed. */
  async dispatcher(): Promise<Dispatcher> {
    if (this.isClosed) throw new FetchFailed('The service is being stopped');
    try {
      return await (this.agent ??= this.open());
    } catch (error) {
      this.agent = undefined;
      throw error;
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    const agent = await this.agent?.catch(() => undefined); // whoever opened it was told
    await agent?.destroy();
  }

  /** The URL, if it may be fetched. A name in it is looked at once it is looked up. @throws {UrlNotAllowed} */
  check(text: string, base?: URL): URL {
    const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
    if (!url) throw new UrlNotAllowed('This is no URL');
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new UrlNotAllowed('Only http and https are allowed');
    if (url.username !== '' || url.password !== '') throw new UrlNotAllowed('A URL must not contain credentials');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (/^[\d.]+$|:/.test(host) && !this.mayReach(host)) throw refused();
    return url;
  }

  /** An address of a host, of those that may be reached. @throws {UrlNotAllowed} {FetchFailed} it has none. */
  addressOf(host: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.lookup(host.replace(/^\[|\]$/g, ''), {}, (error, address) => {
        if (error) reject(isToldAsItIs(error) ? error : new FetchFailed('Its name has no address', { cause: error }));
        else resolve(address as string);
      });
    });
  }

  /** Looks up the name in a URL. @throws {UrlNotAllowed} it leads only to addresses that may not be reached. */
  resolve({ hostname }: URL): Promise<void> {
    return new Promise((resolve, reject) => {
      this.lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }, (error) => {
        if (error instanceof UrlNotAllowed) reject(error);
        else resolve();
      });
    });
  }

  /** The library is loaded here: most starts come long before the first request, if there is one. */
  private async open(): Promise<Dispatcher> {
    const { Agent } = (await import('undici')).default;
    const { authorities } = this.options;
    return new Agent({
      connect: {
        lookup: this.lookup,
        timeout: connectTimeoutMs,
        ...(authorities !== undefined && { ca: [...rootCertificates, authorities] }),
      },
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
    });
  }

  private mayReach(address: string): boolean {
    return isPublic(address) || this.options.isAllowed(address);
  }

  /** Connects only to those addresses of a name that may be reached. */
  private readonly lookup: LookupFunction = (name, { all }, done) => {
    this.find(name, (error, found) => {
      const reachable = error ? [] : found.filter(({ address }) => this.mayReach(address));
      const [first] = reachable;
      if (error || !first) done(error ?? refused(), []);
      else if (all) done(null, [...reachable]);
      else done(null, first.address, first.family);
    });
  };

  /** A name that is being looked up is not looked up a second time meanwhile. */
  private find(name: string, done: Found): void {
    const waiting = this.lookUps.get(name);
    if (waiting) return void waiting.push(done);
    const all = [done];
    this.lookUps.set(name, all);
    const ending = new AbortController();
    const settle: Found = (error, found) => {
      if (ending.signal.aborted) return;
      ending.abort();
      clearTimeout(timer);
      this.lookUps.delete(name);
      for (const each of all) each(error, found);
    };
    const timer = setTimeout(() => settle(tooSlow(), []), lookUpTimeoutMs);
    const { lookUp = lookUpName } = this.options;
    lookUp(name, ending.signal).then(
      (found) => settle(null, found),
      (error: Error) => settle(error, []),
    );
  }
}

const isToldAsItIs = (error: Error): boolean => error instanceof UrlNotAllowed || error instanceof FetchFailed;

const tooSlow = (): FetchFailed =>
  new FetchFailed(`The name of the server could not be looked up within ${lookUpTimeoutMs / 1000} seconds`);

const refused = (): UrlNotAllowed =>
  new UrlNotAllowed('The address is private, or reserved: the operator has to allow it (WAYBILL_OUTBOUND_ALLOW)');
