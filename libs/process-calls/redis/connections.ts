import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import { pause } from '#lib/async';
import { checkAgainAndAgain } from '#lib/redis';
import type { CallsLog } from '../log.js';

const answerTimeoutMs = 2000;
const maxReconnectWaitMs = 2000;
/** How long something waits for a connection that was just lost, or is being made. */
const connectWaitMs = 2000;

/** A command is sent once or not at all: it may have been taken where its answer was lost. */
const options = {
  connectTimeout: answerTimeoutMs,
  commandTimeout: answerTimeoutMs,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  retryStrategy: (attempt: number) => Math.min(attempt * 100, maxReconnectWaitMs),
} satisfies RedisOptions;

type Listener = {
  message(channel: string, message: Buffer): void;
  /** Both connections are there, all channels are heard, and one of them was not there before. */
  connected(): void;
};

/** One connection to ask the server, and one to hear from it. Both are made in the background, again and again. */
export class Connections {
  private readonly commands: Redis;
  private readonly hearing: Redis;
  private readonly channels = new Set<string>();
  /** Those who wait for a connection share one wait. */
  private readonly waits = new Map<Redis, Promise<void>>();
  private trouble: string | undefined;
  private hearsAll = false;
  private readonly endChecks: readonly (() => void)[];

  constructor(
    url: string,
    private readonly log: CallsLog,
    private readonly listener: Listener,
  ) {
    this.commands = this.connectedTo(url);
    this.hearing = this.connectedTo(url);
    this.hearing.on('messageBuffer', (channel: Buffer, message: Buffer) =>
      listener.message(channel.toString(), message),
    );
    this.hearing.on('close', () => (this.hearsAll = false));
    this.endChecks = [this.commands, this.hearing].map((redis) => checkAgainAndAgain(redis));
  }

  /** The connection for commands. @throws {Error} there is none. Nothing was sent. */
  async ask(): Promise<Redis> {
    await this.ready(this.commands);
    return this.commands;
  }

  /** Hears a channel from then on, also after the connection was lost and made again. @throws {Error} */
  async hear(channel: string): Promise<void> {
    this.channels.add(channel);
    await this.ready(this.hearing);
    await this.hearing.subscribe(channel);
  }

  async leave(channel: string): Promise<void> {
    this.channels.delete(channel);
    await this.hearing.unsubscribe(channel);
  }

  /** Whether a command could be sent at once. */
  isAsking(): boolean {
    return this.commands.status === 'ready';
  }

  /** Whether what is published now would be heard here. */
  isHearing(): boolean {
    return this.hearing.status === 'ready';
  }

  /** @throws {Error} why it does not answer. */
  async ping(): Promise<void> {
    if (this.trouble !== undefined && this.commands.status !== 'ready') throw new Error(this.trouble);
    await (await this.ask()).ping();
    await this.ready(this.hearing);
  }

  close(): void {
    for (const end of this.endChecks) end();
    this.commands.disconnect();
    this.hearing.disconnect();
  }

  private connectedTo(url: string): Redis {
    const redis = new Redis(url, options);
    redis.on('error', ({ message }: Error) => {
      if (this.trouble === undefined) {
        this.log.warn({ reason: message }, 'Redis is away: this process neither asks others nor answers them');
      }
      this.trouble = message;
    });
    redis.on('ready', () => {
      if (this.trouble !== undefined) this.log.info({}, 'Redis is back: the processes hear each other');
      this.trouble = undefined;
      void this.connected(redis);
    });
    return redis;
  }

  private async connected(redis: Redis): Promise<void> {
    if (redis === this.hearing) this.hearsAll = await this.hearAgain();
    if (this.hearsAll && this.isAsking()) this.listener.connected();
  }

  /** The client would do the same by itself, but not for a channel that was asked for while it was away. */
  private async hearAgain(): Promise<boolean> {
    if (this.channels.size === 0) return true;
    try {
      await this.hearing.subscribe(...this.channels);
      return this.isHearing();
    } catch (error) {
      this.log.warn({ err: error }, 'Cannot subscribe to Redis: questions of other processes do not arrive');
      this.hearing.disconnect(true);
      return false;
    }
  }

  private async ready(redis: Redis): Promise<void> {
    if (redis.status === 'ready') return;
    if (this.trouble === undefined || redis.status === 'connect' || redis.status === 'connecting') {
      const wait = this.waits.get(redis) ?? readyOrLate(redis).finally(() => this.waits.delete(redis));
      this.waits.set(redis, wait);
      await wait;
    }
    if ((redis.status as string) !== 'ready') throw new Error(this.trouble ?? 'Redis does not answer');
  }
}

/** Resolves when it is ready, or once it has taken too long. */
const readyOrLate = async (redis: Redis): Promise<void> => {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ready = once(redis, 'ready', { signal }).catch(() => undefined);
  await Promise.race([ready, pause(connectWaitMs, signal)]);
  waiting.abort();
};
