/** What somebody does in a chat, as others see it. */
export type Activity = 'typing' | 'recording' | 'paused';

/** An activity that a phone was shown. */
export type SeenActivity = {
  /** Number of whoever does it. */
  readonly from: string;
  /** Number of the other party, or jid of the group. */
  readonly chat: string;
  readonly activity: Activity;
  readonly at: string;
};

/** What a phone was shown of what others do in its chats: the last of each person in each chat. */
export class Activities {
  readonly #last = new Map<string, SeenActivity>();

  see(seen: Omit<SeenActivity, 'at'>): void {
    this.#last.set(`${seen.chat} ${seen.from}`, { ...seen, at: new Date().toISOString() });
  }

  list(): readonly SeenActivity[] {
    return [...this.#last.values()];
  }
}
