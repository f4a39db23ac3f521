import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { retrying, usualRetry } from '#lib/async';
import type { ProcessCalls } from '#lib/process-calls';
import type { Log } from '#lib/subscriptions';
import type { Scope } from '../http/access.contract.js';
import { SessionProcess, type Asked } from '../processes/session-process.js';
import { LOG, PROCESS_CALLS } from '../tokens.js';
import type { PublicEvent } from './public-event.js';

/** Something that live readers are told at once, and that is no event of the log: whoever is not there misses it. */
export type News = Omit<PublicEvent, 'id' | 'mediaId' | 'position' | 'cursor'> & {
  /** The body for keys with that scope, where it holds what not every reader may see. */
  readonly confidential?: { readonly scope: Scope; readonly body: string };
};

type Current = { readonly news: News; readonly untilMs: number };

/** As it passes between processes, whose monotonic clocks have nothing in common. */
type Told = { readonly news: News; readonly current?: { readonly about: string; readonly forMs: number } };

const topics = { told: 'live news', forgotten: 'live news forgotten', all: 'live news of now' } as const;

/** How long another process may take to say what is current, which it has in memory. */
const currentTimeoutMs = 10_000;

/** Passes news to the live readers of all processes. */
@Injectable()
export class LiveNews implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listeners: ((news: News) => void)[] = [];
  /** By what they are about. */
  private readonly latest = new Map<string, Current>();

  /** What was told or forgotten while others are asked what they know: their answer is older. */
  private readonly changed = new Set<string>();
  /** Ends the question that is under way. */
  private asking = new AbortController();
  private isStopping = false;

  private readonly asked: Asked<{ current(): readonly Told[] }>;

  constructor(
    @Inject(PROCESS_CALLS) private readonly calls: ProcessCalls,
    @Inject(LOG) private readonly log: Log,
    private readonly sessionProcess: SessionProcess,
  ) {
    calls.listen(topics.told, (told: Told) => this.hear(told));
    calls.listen(topics.forgotten, (about: string) => this.drop(about));
    calls.listen(topics.all, (all: readonly Told[]) => this.replace(all));
    calls.whenHeard(() => this.heardAgain());
    this.asked = sessionProcess.offer(
      'live-news',
      { current: () => this.told() },
      { timeoutMs: { current: currentTimeoutMs } },
    );
  }

  /** What is to be told to those who come later is known in a process that starts later, too. */
  onApplicationBootstrap(): void {
    this.heardAgain();
  }

  beforeApplicationShutdown(): void {
    this.isStopping = true;
    this.asking.abort();
  }

  /** `current`: until then (by the monotonic clock) it is also told to readers who come later, unless it is replaced or forgotten. */
  tell(news: News, current?: { readonly about: string; readonly untilMs: number }): void {
    const lasting = current && { about: current.about, forMs: current.untilMs - performance.now() };
    this.calls.tell(topics.told, { news, ...(lasting && { current: lasting }) } satisfies Told);
  }

  forget(about: string): void {
    this.calls.tell(topics.forgotten, about);
  }

  /** What a reader who comes now is told. */
  current(): readonly News[] {
    for (const [about, { untilMs }] of this.latest) if (untilMs <= performance.now()) this.latest.delete(about);
    return [...this.latest.values()].map(({ news }) => news);
  }

  onNews(listener: (news: News) => void): void {
    this.listeners.push(listener);
  }

  private hear({ news, current }: Told): void {
    if (current) this.keep(news, current);
    for (const listener of this.listeners) listener(news);
  }

  private keep(news: News, { about, forMs }: NonNullable<Told['current']>): void {
    this.changed.add(about);
    this.latest.set(about, { news, untilMs: performance.now() + forMs });
  }

  private drop(about: string): void {
    this.changed.add(about);
    this.latest.delete(about);
  }

  private told(): readonly Told[] {
    const now = performance.now();
    return Array.from(this.latest, ([about, { news, untilMs }]) => ({
      news,
      current: { about, forMs: untilMs - now },
    }));
  }

  /** Whoever knows it tells all others, since any of them may have missed it; whoever may have missed it asks. */
  private heardAgain(): void {
    if (this.sessionProcess.isHere) return this.calls.tell(topics.all, this.told());
    this.asking.abort(); // what was asked before may never be answered
    if (this.isStopping) return;
    this.asking = new AbortController();
    void this.catchUp(this.asking.signal);
  }

  /** Asks until there is an answer, or the signal is aborted: until then, what was forgotten meanwhile is still shown. Never rejects. */
  private async catchUp(signal: AbortSignal): Promise<void> {
    try {
      await retrying(() => this.compare(signal), {
        policy: usualRetry,
        signal,
        again: (error, failures) => {
          const text = 'What is shown for linking sessions is not known yet';
          if (failures === 1) this.log.info({ err: error }, text);
          else this.log.warn({ err: error, failures }, text);
          return true;
        },
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async compare(signal: AbortSignal): Promise<void> {
    this.changed.clear();
    const all = await this.asked.current();
    if (!signal.aborted) this.replace(all, this.changed);
  }

  /** Takes this for what is current, except for what is `newer`. Live readers are told what they have missed. */
  private replace(all: readonly Told[], newer: ReadonlySet<string> = new Set()): void {
    if (this.sessionProcess.isHere) return; // it said so itself
    const current = new Map(all.flatMap((told) => (told.current ? [[told.current.about, told] as const] : [])));
    for (const about of this.latest.keys()) if (!current.has(about) && !newer.has(about)) this.drop(about);
    for (const [about, told] of current) {
      if (newer.has(about) || (told.current?.forMs ?? 0) <= 0) continue;
      if (this.latest.get(about)?.news.body !== told.news.body) this.hear(told);
    }
  }
}
