import type { Channel } from '../network/channels.js';
import type { PhoneMessage } from '../phone/inbox.js';
import type { Sandbox } from '../sandbox.js';
import { listFaults } from './faults.js';
import { phoneView } from './schemas/phone.js';

/** A change in the sandbox. */
export type FeedEvent = {
  readonly event: 'phone' | 'message' | 'faults' | 'groups' | 'channels';
  readonly data: unknown;
};

type PhoneState = { phone: string; messages: readonly PhoneMessage[] };

/** As many as the page shows of each channel. */
const maxPosts = 20;

const minPollIntervalMs = 150;
/** Pause after each poll, as a multiple of its duration: polling takes at most a tenth of the time. */
const pausePerPoll = 9;

/**
 * Publishes changes of phones, messages, receipts, faults, groups and channels. It polls and compares snapshots, so that the sandbox itself
 * needs no notifications, and only while there are listeners.
 */
export class ChangeFeed {
  readonly #listeners = new Set<(change: FeedEvent) => void>();
  #phones = new Map<string, PhoneState>();
  /** Last published JSON of what is published as a whole. */
  readonly #lists = { faults: '', groups: '', channels: '' };
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly sandbox: () => Sandbox) {}

  /** Publishes changes only: read the current state after subscribing. Returns a function that unsubscribes. */
  subscribe(listener: (change: FeedEvent) => void): () => void {
    if (this.#listeners.size === 0) this.#start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  }

  #start(): void {
    this.#poll(() => undefined);
    this.#schedule(minPollIntervalMs);
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => {
      const started = performance.now();
      this.#poll((change) => {
        for (const listener of this.#listeners) listener(change);
      });
      this.#schedule(Math.max(minPollIntervalMs, (performance.now() - started) * pausePerPoll));
    }, ms);
    this.#timer.unref();
  }

  #poll(publish: (change: FeedEvent) => void): void {
    const { groups, channels } = this.sandbox();
    const lists = { faults: listFaults(this.sandbox()), groups: groups.list(), channels: channels.list().map(recent) };
    for (const event of ['faults', 'groups', 'channels'] as const) {
      const text = JSON.stringify(lists[event]);
      if (text !== this.#lists[event]) publish({ event, data: lists[event] });
      this.#lists[event] = text;
    }

    const phones = new Map<string, PhoneState>();
    for (const phone of this.sandbox().phones.list()) {
      const view = phoneView(phone);
      const now = { phone: JSON.stringify(view), messages: phone.messages() };
      const before = this.#phones.get(phone.number);
      if (now.phone !== before?.phone) publish({ event: 'phone', data: view });
      for (const message of changed(before?.messages ?? [], now.messages)) {
        publish({ event: 'message', data: { phone: phone.number, message } });
      }
      phones.set(phone.number, now);
    }
    this.#phones = phones;
  }
}

/** A channel may have many posts, and each change tells of all channels. */
const recent = (channel: Channel): Channel => ({ ...channel, posts: channel.posts.slice(-maxPosts) });

/** New messages and those whose status changed: the inbox replaces the objects that it changes. Both lists are ordered by sequence. */
function changed(before: readonly PhoneMessage[], now: readonly PhoneMessage[]): readonly PhoneMessage[] {
  const offset = before.findIndex(({ sequence }) => sequence === now[0]?.sequence);
  return now.filter((message, index) => offset < 0 || message !== before[index + offset]);
}
