import { Injectable } from '@nestjs/common';
import type { Scope } from '../http/access.contract.js';
import type { PublicEvent } from './public-event.js';

/** Something that live readers are told at once, and that is no event of the log: whoever is not there misses it. */
export type News = Omit<PublicEvent, 'id' | 'mediaId' | 'position' | 'cursor'> & {
  /** The body for keys with that scope, where it holds what not every reader may see. */
  readonly confidential?: { readonly scope: Scope; readonly body: string };
};

type Current = { readonly news: News; readonly untilMs: number };

/** Passes news to the live readers of this process. */
@Injectable()
export class LiveNews {
  private readonly listeners: ((news: News) => void)[] = [];
  /** By what they are about. */
  private readonly latest = new Map<string, Current>();

  /** `current`: until then (by the monotonic clock) it is also told to readers who come later, unless it is replaced or forgotten. */
  tell(news: News, current?: { readonly about: string; readonly untilMs: number }): void {
    if (current) this.latest.set(current.about, { news, untilMs: current.untilMs });
    for (const listener of this.listeners) listener(news);
  }

  forget(about: string): void {
    this.latest.delete(about);
  }

  /** What a reader who comes now is told. */
  current(): readonly News[] {
    for (const [about, { untilMs }] of this.latest) if (untilMs <= performance.now()) this.latest.delete(about);
    return [...this.latest.values()].map(({ news }) => news);
  }

  onNews(listener: (news: News) => void): void {
    this.listeners.push(listener);
  }
}
