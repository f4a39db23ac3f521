import type { WASocket } from '@whiskeysockets/baileys';
import { LRUCache } from 'lru-cache';
import { bareJid, jidOf, type Person } from '../addresses.js';

const maxGroups = 200;
/** How long somebody may still count as an admin who is none any more. */
const lifetimeMs = 60_000;

/** Asks WhatsApp who the admins of groups are. */
export class GroupAdmins {
  private readonly known = new LRUCache<string, ReadonlySet<string>>({ max: maxGroups, ttl: lifetimeMs });

  constructor(private readonly query: <Answer>(ask: (socket: WASocket) => Promise<Answer>) => Promise<Answer>) {}

  /** Rejects where WhatsApp cannot be asked. */
  async includes(group: string, { jid, lid, phoneNumber }: Person): Promise<boolean> {
    const admins = this.known.get(group) ?? (await this.load(group));
    return [jid, lid, phoneNumber && jidOf(phoneNumber)].some((each) => each && admins.has(each));
  }

  private async load(group: string): Promise<ReadonlySet<string>> {
    const { participants } = await this.query((socket) => socket.groupMetadata(group));
    const admins = participants.filter(({ admin }) => admin === 'admin' || admin === 'superadmin');
    const addresses = admins.flatMap(({ id, lid, phoneNumber }) => [id, lid, phoneNumber]);
    const set = new Set(addresses.flatMap((each) => (each ? bareJid(each) : [])));
    this.known.set(group, set);
    return set;
  }
}
