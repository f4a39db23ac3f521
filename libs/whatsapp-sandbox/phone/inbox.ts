import type { Addressing } from '../network/address.js';
import type { ReceiptKind } from '../network/mail.js';
import { proto } from '../transport/wire.js';
import type { MessageContent } from './content/content.js';
import { tally } from './content/vote.js';
import type { Delivery } from './delivery.js';

/** Status of an outgoing message, from receipts. */
export type PhoneMessageStatus = 'sent' | 'delivered' | 'read' | 'played';

/** A decrypted message as a phone shows it. */
export type PhoneMessage = MessageContent & {
  /** Increases with each message of this phone; usable as `since`. */
  readonly sequence: number;
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  /** Number of the author. */
  readonly from: string;
  /** Device of the author; 0 is the phone. */
  readonly fromDevice: number;
  /** Number, or jid of the group or the status. */
  readonly to: string;
  /** Number of the other party, or jid of the group or the status. */
  readonly chat: string;
  readonly addressing: Addressing;
  readonly sentAt: string;
  readonly receivedAt: string;
  /** In a group: the status that all members have reached. */
  readonly status?: PhoneMessageStatus;
  /** Of an outgoing message in a group: status per member. */
  readonly statusByMember?: { readonly [number: string]: PhoneMessageStatus };
  /** Set if the author has already sent this id. */
  readonly duplicate?: true;
  /** Of an outgoing message that reaches other devices in an abnormal way. */
  readonly delivery?: Delivery;
  /** Of an outgoing message that was sent to a broadcast list. */
  readonly broadcastList?: boolean;
  /** Of a status post of this phone: numbers of those who get it. */
  readonly recipients?: readonly string[];
};

type Entry = { view: PhoneMessage; readonly raw: Buffer };
type StoredEntry = { readonly view: PhoneMessage; readonly raw: string };
export type InboxSnapshot = { readonly sequence: number; readonly entries: readonly StoredEntry[] };

const statusOrder: readonly PhoneMessageStatus[] = ['sent', 'delivered', 'read', 'played'];

/** The messages of a phone, in order of arrival. */
export class Inbox {
  #sequence: number;
  #bytes: number;
  readonly #entries: Entry[];
  /** The first entry per author and id. */
  readonly #byId = new Map<string, Entry>();

  constructor(
    private readonly capacity: number,
    private readonly maxBytes: number,
    snapshot?: InboxSnapshot,
  ) {
    this.#sequence = snapshot?.sequence ?? 0;
    this.#entries = (snapshot?.entries ?? []).map(({ view, raw }) => ({ view, raw: Buffer.from(raw, 'base64') }));
    for (const entry of this.#entries) this.#index(entry);
    this.#bytes = this.#entries.reduce((sum, { raw }) => sum + raw.length, 0);
  }

  add(
    message: Omit<PhoneMessage, keyof MessageContent | 'sequence' | 'receivedAt' | 'duplicate'>,
    content: MessageContent,
    /** Encoded message as it was sent or received. */
    raw: Uint8Array,
  ): PhoneMessage {
    const duplicate = this.#byId.has(idOf(message)) ? { duplicate: true as const } : {};
    const receivedAt = new Date().toISOString();
    const entry: Entry = {
      view: { sequence: ++this.#sequence, ...message, ...content, receivedAt, ...duplicate },
      raw: Buffer.from(raw),
    };
    this.#entries.push(entry);
    this.#index(entry);
    this.#bytes += entry.raw.length;
    this.#count(entry.view);
    while (this.#entries.length > this.capacity || (this.#bytes > this.maxBytes && this.#entries.length > 1)) {
      this.#remove(this.#entries.shift());
    }
    return entry.view;
  }

  /** Messages after a sequence number or since an ISO time; all without `since`. */
  list(since?: number | string): readonly PhoneMessage[] {
    const views = this.#entries.map(({ view }) => view);
    if (since === undefined || since === '') return views;
    if (/^\d+$/.test(String(since))) return views.filter(({ sequence }) => sequence > Number(since));
    const time = new Date(since).getTime();
    return views.filter(({ receivedAt }) => new Date(receivedAt).getTime() >= time);
  }

  /** The latest message with that id, of any author. */
  find(id: string): { view: PhoneMessage; message: proto.IMessage } | undefined {
    const entry = this.#entries.findLast(({ view }) => view.id === id);
    if (!entry) return undefined;
    const message = proto.Message.decode(entry.raw);
    return { view: entry.view, message: entry.view.direction === 'outgoing' ? unwrapDeviceSent(message) : message };
  }

  /** Raises the status of an outgoing message; never lowers it. */
  advance(author: string, id: string, kind: ReceiptKind, confirmer: string): boolean {
    const entry = this.#byId.get(idOf({ from: author, id }));
    const status = statusOrder.find((step) => step === kind);
    if (!entry || status === undefined) return false;
    const { statusByMember: members, status: before = 'sent' } = entry.view;
    if (!isHigher(status, members ? members[confirmer] : before)) return false;
    const statusByMember = members && { ...members, [confirmer]: status };
    entry.view = {
      ...entry.view,
      ...(statusByMember && { statusByMember }),
      status: statusByMember ? lowest(Object.values(statusByMember)) : status,
    };
    return true;
  }

  /** From now on the outgoing message reaches other devices in the normal way. */
  deliverNormally({ from, id }: PhoneMessage): PhoneMessage {
    const entry = this.#byId.get(idOf({ from, id }));
    if (!entry) throw new Error(`unknown message ${id}`);
    const { delivery: _replaced, ...view } = entry.view;
    entry.view = view;
    return view;
  }

  snapshot(): InboxSnapshot {
    const entries = this.#entries.map(({ view, raw }) => ({ view, raw: raw.toString('base64') }));
    return { sequence: this.#sequence, entries };
  }

  /** Shows a vote with its poll. */
  #count({ target, vote }: PhoneMessage): void {
    const entry = this.#entries.findLast(({ view }) => view.id === target && view.type === 'poll');
    if (!vote || !entry?.view.poll) return;
    const votes = this.#entries.flatMap(({ view: { target: poll, vote: cast, from } }) =>
      poll === target && cast ? [{ from, options: cast.options }] : [],
    );
    const { poll } = entry.view;
    entry.view = { ...entry.view, poll: { ...poll, votes: tally(poll.options, votes) } };
  }

  #index(entry: Entry): void {
    const id = idOf(entry.view);
    if (!this.#byId.has(id)) this.#byId.set(id, entry);
  }

  #remove(entry: Entry | undefined): void {
    this.#bytes -= entry?.raw.length ?? 0;
    if (entry && this.#byId.get(idOf(entry.view)) === entry) this.#byId.delete(idOf(entry.view));
  }
}

/** Also false for people who are not expected to confirm. */
const isHigher = (status: PhoneMessageStatus, before: PhoneMessageStatus | undefined): boolean =>
  before !== undefined && statusOrder.indexOf(status) > statusOrder.indexOf(before);

const lowest = (all: readonly PhoneMessageStatus[]): PhoneMessageStatus =>
  statusOrder.find((step) => all.includes(step)) ?? 'sent';

const idOf = ({ from, id }: { from: string; id: string }): string => `${from}/${id}`;

/** The inner message if this is the copy for the sender's other devices. */
export const unwrapDeviceSent = (message: proto.IMessage): proto.IMessage =>
  message.deviceSentMessage?.message ?? message;
