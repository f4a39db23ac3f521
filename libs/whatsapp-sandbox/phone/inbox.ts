import type { Addressing, Chat } from '../network/address.js';
import type { ReceiptKind } from '../network/mail.js';
import { proto } from '../transport/wire.js';
import type { MessageContent } from './content/content.js';

/** How far an outgoing message has come, as the phone learned it from receipts. */
export type MessageStatus = 'sent' | 'delivered' | 'read' | 'played';

/** A message as a phone shows it, decrypted. */
export type PhoneMessage = MessageContent & {
  /** Counts up with each arrival in this phone; a cursor for `since`. */
  readonly sequence: number;
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  /** Number of the author. */
  readonly from: string;
  /** Which of the author's devices sent it; 0 is the phone. */
  readonly fromDevice: number;
  /** Number, or jid of the group. */
  readonly to: string;
  /** Number of the other side, or jid of the group. */
  readonly chat: string;
  readonly addressing: Addressing;
  readonly sentAt: string;
  readonly receivedAt: string;
  /** In a group as far as with everybody. */
  readonly status?: MessageStatus;
  /** Of an outgoing message in a group: how far it has come with each of the others. */
  readonly statusByMember?: { readonly [number: string]: MessageStatus };
  /** The same author has sent this id before. */
  readonly duplicate?: true;
};

type Entry = { view: PhoneMessage; readonly raw: Buffer };
type StoredEntry = { readonly view: PhoneMessage; readonly raw: string };
export type InboxSnapshot = { readonly sequence: number; readonly entries: readonly StoredEntry[] };

const STEPS: readonly MessageStatus[] = ['sent', 'delivered', 'read', 'played'];

/** All that a phone has sent and received, in order of arrival. */
export class Inbox {
  #sequence: number;
  #bytes: number;
  readonly #entries: Entry[];
  /** The first entry of each author's id. */
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
    /** As it came or went. */
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
    while (this.#entries.length > this.capacity || (this.#bytes > this.maxBytes && this.#entries.length > 1)) {
      this.#forget(this.#entries.shift());
    }
    return entry.view;
  }

  /** Those after a sequence number, or from an ISO time on; all of them without `since`. */
  list(since?: number | string): readonly PhoneMessage[] {
    const views = this.#entries.map(({ view }) => view);
    if (since === undefined || since === '') return views;
    if (/^\d+$/.test(String(since))) return views.filter(({ sequence }) => sequence > Number(since));
    const time = new Date(since).getTime();
    return views.filter(({ receivedAt }) => new Date(receivedAt).getTime() >= time);
  }

  /** The newest message with that id, whoever wrote it. */
  find(id: string): { view: PhoneMessage; message: proto.IMessage } | undefined {
    const entry = this.#entries.findLast(({ view }) => view.id === id);
    if (!entry) return undefined;
    const message = proto.Message.decode(entry.raw);
    return { view: entry.view, message: entry.view.direction === 'outgoing' ? innerOf(message) : message };
  }

  /** Moves an outgoing message forward, never back. */
  advance(author: string, id: string, kind: ReceiptKind, confirmer: string): boolean {
    const entry = this.#byId.get(idOf({ from: author, id }));
    const status = STEPS.find((step) => step === kind);
    if (!entry || status === undefined) return false;
    const { statusByMember: members, status: before = 'sent' } = entry.view;
    if (!isFurther(status, members ? members[confirmer] : before)) return false;
    const statusByMember = members && { ...members, [confirmer]: status };
    entry.view = {
      ...entry.view,
      ...(statusByMember && { statusByMember }),
      status: statusByMember ? least(Object.values(statusByMember)) : status,
    };
    return true;
  }

  snapshot(): InboxSnapshot {
    const entries = this.#entries.map(({ view, raw }) => ({ view, raw: raw.toString('base64') }));
    return { sequence: this.#sequence, entries };
  }

  #index(entry: Entry): void {
    const id = idOf(entry.view);
    if (!this.#byId.has(id)) this.#byId.set(id, entry);
  }

  #forget(entry: Entry | undefined): void {
    this.#bytes -= entry?.raw.length ?? 0;
    if (entry && this.#byId.get(idOf(entry.view)) === entry) this.#byId.delete(idOf(entry.view));
  }
}

/** False also for somebody from whom nothing is expected. */
const isFurther = (status: MessageStatus, before: MessageStatus | undefined): boolean =>
  before !== undefined && STEPS.indexOf(status) > STEPS.indexOf(before);

const least = (all: readonly MessageStatus[]): MessageStatus => STEPS.find((step) => all.includes(step)) ?? 'sent';

const idOf = ({ from, id }: { from: string; id: string }): string => `${from}/${id}`;

/** The message itself, when this is the copy of it that goes to the other devices of its sender. */
export const innerOf = (message: proto.IMessage): proto.IMessage => message.deviceSentMessage?.message ?? message;

export const chatName = (chat: Chat): string => (chat.kind === 'group' ? chat.jid : chat.number);
