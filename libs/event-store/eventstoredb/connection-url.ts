import { OperatorError } from '#lib/operator-error';

/** The connection string is not one that can be used. The message never contains it: it may hold a password. */
export class InvalidEventStoreUrl extends OperatorError {
  override readonly name = 'InvalidEventStoreUrl';
}

/** The options that the client knows, in the spelling that it compares. */
const knownOptions = new Set([
  'tls',
  'tlscafile',
  'usercertfile',
  'userkeyfile',
  'nodepreference',
  'connectionname',
  'defaultdeadline',
  'discoveryinterval',
  'maxdiscoverattempts',
  'gossiptimeout',
  'keepaliveinterval',
  'keepalivetimeout',
]);

/**
 * The connection string for the client, which knows only the older scheme `esdb`. Options that it does not know are refused here: the
 * client would print the whole string, with the password, and go on without them.
 * @throws {InvalidEventStoreUrl}
 */
export const clientUrl = (url: string): string => {
  const scheme = /^(?:esdb|kurrentdb)(\+discover)?:\/\//.exec(url);
  if (!scheme)
    throw new InvalidEventStoreUrl(
      'It must start with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://',
    );
  const [address = '', ...queries] = url.slice(scheme[0].length).split('?');
  if (queries.length > 1) throw new InvalidEventStoreUrl('It has more than one question mark');
  const hosts = address.split('@').at(-1)?.replace(/\/+$/, '') ?? '';
  if (!/^[^\s:,]+(:\d+)?(,[^\s:,]+(:\d+)?)*$/.test(hosts))
    throw new InvalidEventStoreUrl('It must name a host, or several: host:port,host:port');
  for (const option of queries.flatMap((query) => query.split('&'))) checkOption(option);
  return `esdb${scheme[1] ?? ''}://${url.slice(scheme[0].length)}`;
};

/** What the client finds wrong with the string, without the part of it that the client quotes. */
export const invalidUrl = (error: unknown): InvalidEventStoreUrl => {
  const { expected, message } = error as Error & { readonly expected?: string };
  return new InvalidEventStoreUrl(
    expected === undefined ? message : `One of its parts must be ${expected}, and is not`,
  );
};

const checkOption = (option: string): void => {
  const [key = '', value = ''] = option.split('=');
  const flat = key.toLowerCase().replaceAll(/[_-]/g, '');
  if (flat === 'tlsverifycert') {
    throw new InvalidEventStoreUrl(
      'Certificates are always verified: name your certificate authority in tlsCAFile instead of tlsVerifyCert',
    );
  }
  if (!knownOptions.has(flat)) throw new InvalidEventStoreUrl(`It has an unknown option: ${key}`);
  if (value === '') throw new InvalidEventStoreUrl(`Its option ${key} has no value`);
};
