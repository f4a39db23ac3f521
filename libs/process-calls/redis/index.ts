import { pause } from '#lib/async';
import { newId } from '#lib/ids';
import { AnswerLost, NobodyAnswers } from '../errors.js';
import { Listeners } from '../listeners.js';
import { failedListener, type CallsLog } from '../log.js';
import type { Member, ProcessCalls, Question, Service } from '../port.js';
import { Answering } from './answering.js';
import { Asking } from './asking.js';
import { Connections } from './connections.js';
import { partsOf, Reassembly, type Frame, type Seal } from './frames.js';
import { Members } from './members.js';

export type RedisCallsOptions = {
  readonly url: string;
  /** Tells installations that share a server apart. */
  readonly installation: string;
  readonly sealing: Seal;
  readonly log: CallsLog;
};

const sendAttempts = 20;
const sendAgainAfterMs = 250;

/** Calls between the processes of an installation over one Redis server. Connects in the background, again and again. */
export const openRedisCalls = (options: RedisCallsOptions): ProcessCalls => new RedisCalls(options);

class RedisCalls implements ProcessCalls {
  readonly id = newId();
  readonly hasOthers = true;
  private readonly prefix: string;
  private readonly connections: Connections;
  private readonly listeners: Listeners;
  private readonly reassembly: Reassembly;
  private readonly asking: Asking;
  private readonly live: Members;
  private answering: Answering | undefined;
  private readonly whenHeardListeners: (() => void)[] = [];
  private isTelling = true;
  private hearing: Promise<unknown>;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: RedisCallsOptions) {
    const { url, installation, sealing, log } = options;
    this.prefix = `waybill:${installation}`;
    this.listeners = new Listeners(failedListener(log));
    this.reassembly = new Reassembly(sealing);
    this.connections = new Connections(url, log, {
      message: (channel, message) => this.take(channel, message),
      connected: () => this.whenHeardListeners.forEach((listener) => listener()),
    });
    this.asking = new Asking({
      send: (id, question) => this.sendQuestion(id, question),
      isServed: () => this.hasReaders(this.questions),
    });
    this.live = new Members(
      this.id,
      this.prefix,
      () => this.connections.ask(),
      sealing,
      (error) => {
        log.warn({ err: error }, 'This process cannot show the others that it lives');
      },
    );
    this.hearing = Promise.all([this.hear(this.answersTo(this.id)), this.hear(this.news)]);
  }

  async serve(services: readonly Service[], stands: () => Promise<boolean>): Promise<void> {
    this.answering = new Answering(services, stands, (to, frame) => this.sendPatiently(this.answersTo(to), frame));
    await this.hear(this.questions);
  }

  async ask(question: Question): Promise<unknown> {
    await this.hearing;
    if (!this.connections.isHearing()) throw new NobodyAnswers('Redis is away: no process can be asked');
    return this.asking.ask(question);
  }

  async isServed(): Promise<boolean> {
    return this.hasReaders(this.questions).catch(() => false);
  }

  tell(topic: string, news: unknown): void {
    this.listeners.tell(topic, news);
    if (!this.connections.isAsking()) return; // which was said once; whoever is not there misses it
    void this.tellOthers(topic, news);
  }

  /** News may come forty times a second: that they do not leave is said once. */
  private async tellOthers(topic: string, news: unknown): Promise<void> {
    try {
      await this.publish(this.news, { kind: 'news', from: this.id, topic, news });
      this.isTelling = true;
    } catch (error) {
      if (this.isTelling)
        this.options.log.warn({ err: error, topic }, 'Other processes could not be told of something');
      this.isTelling = false;
    }
  }

  listen(topic: string, listener: (news: never) => void): void {
    this.listeners.add(topic, listener);
  }

  whenHeard(listener: () => void): void {
    this.whenHeardListeners.push(listener);
  }

  announce(describe: () => Promise<unknown>): Promise<void> {
    return this.live.announce(describe);
  }

  async members(): Promise<readonly Member[]> {
    try {
      return await this.live.all();
    } catch (error) {
      throw new NobodyAnswers('Redis is away: which processes live is not known', { cause: error });
    }
  }

  async health(): Promise<{ readonly status: 'up' | 'down'; readonly detail?: string }> {
    try {
      await this.connections.ping();
      return { status: 'up' };
    } catch (error) {
      return { status: 'down', detail: `Redis is away: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    if (this.answering) await this.connections.leave(this.questions).catch(() => undefined);
    await this.answering?.close();
    await this.live.close().catch(() => undefined); // it is forgotten after a while
    this.connections.close();
  }

  private async sendQuestion(id: string, { service, method, args }: Question): Promise<void> {
    const frame: Frame = { kind: 'ask', id, from: this.id, service: service.name, method, args };
    const readers = await this.publish(this.questions, frame);
    if (readers === 0) throw new NobodyAnswers('No process with the sessions runs at the moment');
  }

  /** An answer that nobody heard is sent again, as whoever asked may have lost the connection for a moment: it is taken once. */
  private async sendPatiently(channel: string, frame: Frame): Promise<void> {
    let failure: unknown;
    for (let attempt = 1; attempt <= sendAttempts; attempt += 1) {
      try {
        if ((await this.publish(channel, frame)) > 0) return;
      } catch (error) {
        failure = error;
      }
      if (frame.kind === 'working') return;
      await pause(sendAgainAfterMs);
    }
    this.options.log.warn({ err: failure }, 'An answer could not be delivered to the process that asked');
  }

  /** How many processes heard it. @throws {NobodyAnswers} nothing was sent. @throws {AnswerLost} that is not known. */
  private async publish(channel: string, frame: Frame): Promise<number> {
    const parts = partsOf(frame, channel, this.options.sealing);
    const redis = await this.connections.ask().catch((error: unknown) => {
      throw new NobodyAnswers('Redis is away: no process can be asked', { cause: error });
    });
    try {
      const readers = await Promise.all(parts.map((part) => redis.publish(channel, part)));
      return Math.min(...readers);
    } catch (error) {
      throw new AnswerLost('Redis did not confirm the question: it may be done, or not', { cause: error });
    }
  }

  private async hasReaders(channel: string): Promise<boolean> {
    const [, readers] = (await (await this.connections.ask()).pubsub('NUMSUB', channel)) as [string, number];
    return readers > 0;
  }

  /** Where the server is away, it is heard as soon as it is back. */
  private async hear(channel: string): Promise<void> {
    await this.connections.hear(channel).catch((error: unknown) => {
      this.options.log.warn({ err: error }, 'Redis is away: other processes are not heard yet');
    });
  }

  private take(channel: string, message: Buffer): void {
    const frame = this.opened(channel, message);
    if (!frame) return;
    if (frame.kind === 'ask') this.answering?.take(frame);
    else if (frame.kind !== 'news') this.asking.take(frame);
    else if (frame.from !== this.id) this.listeners.tell(frame.topic, frame.news);
  }

  private opened(channel: string, message: Buffer): Frame | undefined {
    try {
      return this.reassembly.take(message, channel);
    } catch (error) {
      this.options.log.warn({ err: error }, 'Something came by way of Redis that no process of this installation sent');
      return undefined;
    }
  }

  private get questions(): string {
    return `${this.prefix}:questions`;
  }

  private get news(): string {
    return `${this.prefix}:news`;
  }

  private answersTo(id: string): string {
    return `${this.prefix}:answers:${id}`;
  }
}
