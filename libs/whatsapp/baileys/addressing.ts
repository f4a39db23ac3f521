import { isPnUser, jidNormalizedUser, type WASocket } from '@whiskeysockets/baileys';
import type { NumberCheck } from '../port.js';
import { ExpiringCache } from './expiring-cache.js';

/** WhatsApp may tell it any time. */
const unknownLidLifetimeMs = 300_000;
/** A post has up to 1,000 recipients. */
const maxUnknownLids = 10_000;

/** How recipients are addressed: persons by their LID where WhatsApp tells it. It refuses some that are addressed by number instead (463). */
export class Addressing {
  private readonly unknown = new ExpiringCache(unknownLidLifetimeMs, maxUnknownLids);
  private readonly lids;

  constructor(private readonly socket: Pick<WASocket, 'signalRepository' | 'authState'>) {
    this.lids = socket.signalRepository.lidMapping;
  }

  /** The address of a recipient. */
  async of(jid: string): Promise<string> {
    if (!isPnUser(jid) || this.unknown.get(jid)) return jid;
    return (await this.lidOf(jid)) ?? jid;
  }

  /** The addresses of those who get a status post, with the account's own, whose other devices show it. */
  async ofPost(recipients: readonly string[]): Promise<string[]> {
    const { me } = this.socket.authState.creds;
    const own = me?.lid ?? me?.id;
    const others = await this.ofAll(recipients);
    return [...new Set([...others, ...(own === undefined ? [] : [jidNormalizedUser(own)])])];
  }

  /** The address after one was refused; undefined where the refusal has nothing to do with it. */
  async otherThan(refused: string): Promise<string | undefined> {
    return isPnUser(refused) ? this.lidOf(refused) : undefined;
  }

  /** Asks WhatsApp once for all whose LID is not stored. */
  private async ofAll(jids: readonly string[]): Promise<readonly string[]> {
    const asked = jids.filter((jid) => isPnUser(jid) && !this.unknown.get(jid));
    const found = asked.length > 0 ? await this.lids.getLIDsForPNs(asked) : null;
    const known = new Map(found?.map(({ pn, lid }) => [jidNormalizedUser(pn), jidNormalizedUser(lid)]));
    for (const jid of asked) if (!known.has(jid)) this.unknown.set(jid, true);
    return jids.map((jid) => known.get(jid) ?? jid);
  }

  /** Asks WhatsApp where it is not stored. */
  private async lidOf(jid: string): Promise<string | undefined> {
    const lid = await this.lids.getLIDForPN(jid);
    if (lid) return jidNormalizedUser(lid);
    this.unknown.set(jid, true);
    return undefined;
  }
}

/** Stores the LIDs that a check of numbers found: they need not be asked for again when something is sent. */
export const rememberLids = async (
  { signalRepository }: Pick<WASocket, 'signalRepository'>,
  checks: readonly NumberCheck[],
): Promise<void> => {
  const pairs = checks.flatMap(({ jid, lid }) => (jid !== null && lid !== null ? [{ pn: jid, lid }] : []));
  if (pairs.length > 0) await signalRepository.lidMapping.storeLIDPNMappings(pairs);
};
