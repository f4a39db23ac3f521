import { jidDecode, type BinaryNode, type CacheStore } from '@whiskeysockets/baileys';
import { isOfPerson } from '../addresses.js';
import type { Durability } from './credentials/port.js';
import type { SessionCredentials } from './credentials/session-credentials.js';
import { childrenOf } from './nodes.js';
import type { OutgoingFrames } from './outgoing-frames.js';

/** The devices of one person, as Baileys looked them up. `epoch` is that of all lists at the time. */
type StoredList = { readonly devices: unknown; readonly epoch: number };

/** No user has an empty name. */
const epochId = '';

/**
 * The devices of the people that a session writes to, by user of a jid. Lists are kept with the credentials until WhatsApp says that they have
 * changed: it tells everybody who has asked for them, and repeats what it could not deliver. A list that is forgotten costs a look-up
 * before the next message.
 */
export class DeviceLists implements CacheStore {
  /** Users whose devices are being looked up. Where they change meanwhile, what comes is not stored. */
  private readonly lookedUp = new Set<string>();

  constructor(
    private readonly credentials: Pick<SessionCredentials, 'creds' | 'keys' | 'deviceLists'>,
    /** What confirms a change is only sent once the change is stored. */
    private readonly frames: Pick<OutgoingFrames, 'holdUntil'>,
    /** Called where lists cannot be read: the connection is of no use until they can. */
    private readonly onStoreFailed: (error: unknown) => void,
  ) {}

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the interface of Baileys
  async get<T>(user: string): Promise<T> {
    return (await this.mget<T>([user]))[user] as T;
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the interface of Baileys
  async mget<T>(users: string[]): Promise<Record<string, T | undefined>> {
    const { [epochId]: epoch, ...lists } = await this.read([epochId, ...users]);
    const current = users.flatMap((user) => {
      const list = lists[user] as StoredList | undefined;
      if (list && list.epoch === epochOf(epoch)) return [[user, list.devices as T] as const];
      this.lookedUp.add(user);
      return [];
    });
    return Object.fromEntries(current);
  }

  async set(user: string, devices: unknown): Promise<void> {
    const { [epochId]: epoch } = await this.read([epochId]);
    if (this.lookedUp.delete(user))
      this.store({ [user]: { devices, epoch: epochOf(epoch) } satisfies StoredList }, 'crash');
  }

  del(user: string): void {
    this.forget([user]);
  }

  async flushAll(): Promise<void> {
    const { [epochId]: epoch } = await this.read([epochId]);
    this.lookedUp.clear();
    this.store({ [epochId]: epochOf(epoch) + 1 }, 'power_cut');
  }

  /** Processes a notification before Baileys does, which would update lists by it, and only those under one of a person's two addresses. */
  async notified({ attrs, ...stanza }: BinaryNode): Promise<void> {
    const children = childrenOf({ ...stanza, attrs });
    if (attrs['type'] === 'account_sync' && children.some(({ tag }) => tag === 'devices')) await this.forgetOwn();
    if (attrs['type'] !== 'devices') return;
    const nodes = [attrs, ...children.flatMap(childrenOf).map((device) => device.attrs)];
    await this.forgetPeople(nodes.flatMap(({ from, jid, lid }) => [from, jid, lid]));
  }

  /** WhatsApp accepted a message, and says by `phash` that it was not encrypted for all devices of the chat, or of this account. */
  async acknowledged({ attrs: { phash, from } }: BinaryNode): Promise<void> {
    if (phash === undefined) return;
    if (from !== undefined && !isOfPerson(from)) return this.flushAll();
    await this.forgetPeople([from]);
    await this.forgetOwn();
  }

  private async read(users: readonly string[]) {
    try {
      return await this.credentials.deviceLists.get(users);
    } catch (error) {
      this.onStoreFailed(error);
      throw error;
    }
  }

  private async forgetOwn(): Promise<void> {
    const { me } = this.credentials.creds;
    await this.forgetPeople([me?.id, me?.lid]);
  }

  /** Forgets the devices of people under both of their addresses. */
  private async forgetPeople(jids: readonly (string | undefined)[]): Promise<void> {
    const users = [...new Set(jids.flatMap((jid) => jidDecode(jid)?.user ?? []))];
    const known = await this.credentials.keys.get('lid-mapping', [...users, ...users.map((user) => `${user}_reverse`)]);
    this.forget([...users, ...Object.values(known)]);
  }

  private forget(users: readonly string[]): void {
    for (const user of users) this.lookedUp.delete(user);
    this.store(Object.fromEntries(users.map((user) => [user, null])), 'power_cut'); // WhatsApp tells of a change once
  }

  private store(lists: { readonly [user: string]: unknown }, durability: Durability): void {
    this.frames.holdUntil(this.credentials.deviceLists.set(lists, durability));
  }
}

const epochOf = (stored: unknown): number => (typeof stored === 'number' ? stored : 0);
