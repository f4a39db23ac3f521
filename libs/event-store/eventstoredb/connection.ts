import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  EventStoreDBClient,
  type AllStreamSubscription,
  type ReadAllOptions,
  type ReadStreamOptions,
  type ResolvedEvent,
  type SubscribeToAllOptions,
} from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { clientUrl, invalidUrl } from './connection-url.js';
import { AnswerEnded, closedError, NoAnswer, UnusableServer } from './errors.js';

/** The metadata and options of a call. */
type CallArguments = Parameters<StreamsClient['batchAppend']>;

/** What subclasses of the client may use: calls that it has no method for, the server's version, and the socket. */
type Internals = {
  readonly capabilities: Promise<{ readonly serverVersion: string }>;
  getChannel(): Promise<{ close(): void }>;
  execute<Client, Result>(
    client: new (...args: never[]) => Client,
    name: string,
    action: (client: Client) => Promise<Result>,
  ): Promise<Result>;
  callArguments(
    options: { readonly requiresLeader: boolean },
    callOptions: { readonly deadline: number },
  ): CallArguments;
};

/** The first version that tells a subscriber when it has caught up, and where every event stands. */
const minVersion = [23, 10] as const;

/** How long the calls and the connection of a client may take to end. */
const disposeTimeoutMs = 1000;

/** The options of every request: only the leader knows what was written last. */
const toLeader = { requiresLeader: true } as const;

/** The client, and another one in its place when the server does not answer: the client itself reconnects only where a connection fails. */
export class Connection {
  private current: Promise<EventStoreDBClient>;
  private readonly closing = new AbortController();
  private readonly replaced = new WeakSet<EventStoreDBClient>();

  /** @throws {InvalidEventStoreUrl} */
  constructor(
    private readonly url: string,
    private readonly answerTimeoutMs: number,
  ) {
    setMaxListeners(0, this.closing.signal); // every read listens
    this.current = Promise.resolve(newClient(url));
  }

  /** Aborted when the store is closed. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  client(): Promise<EventStoreDBClient> {
    return this.closed.aborted ? Promise.reject(closedError()) : this.current;
  }

  /** Replaces the client, unless somebody else has done so since. */
  renew(silent: EventStoreDBClient): void {
    this.current = this.current.then(async (client) => {
      if (client !== silent || this.closed.aborted) return client;
      this.replaced.add(client);
      await disposeOf(client);
      return newClient(this.url);
    });
  }

  /** @throws {UnusableServer} the server is older than what this adapter needs. */
  async checkVersion(): Promise<void> {
    const { capabilities } = (await this.client()) as unknown as Internals;
    const { serverVersion } = await this.inTime(capabilities);
    const [major = 0, minor = 0] = serverVersion.split('.').map(Number);
    if (major > minVersion[0] || (major === minVersion[0] && minor >= minVersion[1])) return;
    const required = minVersion.join('.');
    throw new UnusableServer(`EventStoreDB: version ${serverVersion} is too old, ${required} or later is needed`);
  }

  /** Makes a call that the client has no method for, and lets it reconnect where that helps when the call has failed. */
  async execute<Client, Result>(
    client: EventStoreDBClient,
    service: new (...args: never[]) => Client,
    name: string,
    call: (grpc: Client, callArguments: CallArguments) => Promise<Result>,
  ): Promise<Result> {
    const internals = client as unknown as Internals;
    const callArguments = internals.callArguments(toLeader, { deadline: Infinity });
    return internals.execute(service, name, (grpc) => call(grpc, callArguments));
  }

  async *readStream(stream: string, options: ReadStreamOptions): AsyncGenerator<ResolvedEvent> {
    const client = await this.client();
    const call = client.readStream(stream, { ...options, ...toLeader });
    yield* this.answers<ResolvedEvent>(client, call, () => call.cancel(), { mustGoOn: true });
  }

  async *readAll(options: ReadAllOptions): AsyncGenerator<ResolvedEvent> {
    const client = await this.client();
    const call = client.readAll({ ...options, ...toLeader });
    yield* this.answers<ResolvedEvent>(client, call, () => call.cancel(), { mustGoOn: true });
  }

  /**
   * Follows `$all`: events, checkpoints and the sign that it has caught up, in the order in which the server sent them. Reads from the
   * server no faster than the caller takes them. Ends only with the signal. @throws {AnswerEnded} the server ended it.
   */
  async *follow(options: SubscribeToAllOptions, signal: AbortSignal): AsyncGenerator<Followed> {
    const client = await this.client();
    const { filter } = options;
    // Marks among the events: the client calls back for them ahead of events that are still in its buffer.
    const checkpointReached = (call: AllStreamSubscription, { commit, prepare }: { commit: bigint; prepare: bigint }) =>
      void call.push({ checkpoint: { commit, prepare } } satisfies Followed);
    const call = client.subscribeToAll({
      ...options,
      ...(filter && { filter: { ...filter, checkpointReached } }),
      ...toLeader,
    });
    call.on('caughtUp', () => void call.push({ caughtUp: true } satisfies Followed));
    yield* this.answers<Followed>(client, call, () => call.unsubscribe(), { mustGoOn: false, signal });
    if (!signal.aborted) throw new AnswerEnded('The server ended a subscription');
  }

  /** The answer to a request, if it comes in time. @throws {NoAnswer} */
  async inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new NoAnswer(this.answerTimeoutMs)), this.answerTimeoutMs);
    });
    try {
      return await Promise.race([answer, silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    if (this.closed.aborted) return;
    const { current } = this;
    this.closing.abort();
    const client = await current;
    await disposeOf(client);
  }

  /** The items of a call, which is canceled when the caller stops, the signal is aborted, or nothing comes for too long. */
  private async *answers<Item>(
    client: EventStoreDBClient,
    call: Answer,
    cancel: () => Promise<void>,
    { mustGoOn, signal = this.closed }: { readonly mustGoOn: boolean; readonly signal?: AbortSignal },
  ): AsyncGenerator<Item> {
    const end = (): void => void call.destroy();
    call.on('error', (error) => call.destroy(error)); // the client only emits it, which an iteration that starts later misses
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    let isWaiting = true;
    const timer = setTimeout(() => {
      if (!isWaiting || !mustGoOn) return void timer.refresh();
      call.destroy(new NoAnswer(this.answerTimeoutMs));
      this.renew(client);
    }, this.answerTimeoutMs);
    timer.unref();
    try {
      for await (const item of call as AsyncIterable<Item>) {
        isWaiting = false;
        yield item;
        isWaiting = true;
        timer.refresh();
      }
      // The client takes a call that was canceled for one that is complete.
      if (this.replaced.has(client)) throw new AnswerEnded('The connection was replaced');
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      call.destroy();
      cancel().catch(() => {}); // there was no call to cancel
    }
  }
}

const newClient = (url: string): EventStoreDBClient => {
  const known = clientUrl(url);
  try {
    return EventStoreDBClient.connectionString(known);
  } catch (error) {
    throw invalidUrl(error);
  }
};

/** The part of a stream that its iteration needs: the client's types of its streams do not fit Node's. */
type Answer = AsyncIterable<unknown> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(error?: Error): unknown;
};

/** What a followed log consists of. */
type Followed =
  | ResolvedEvent
  | { readonly checkpoint: { readonly commit: bigint; readonly prepare: bigint } }
  | { readonly caughtUp: true };

/** Waits for the end of its calls and for its connection, but not long: that must not keep the process from stopping. */
const disposeOf = async (client: EventStoreDBClient): Promise<void> => {
  const ended = new AbortController();
  // Keeps the process alive: an idle connection does not.
  const timeout = delay(disposeTimeoutMs, undefined, { signal: ended.signal }).catch(() => {});
  await Promise.race([end(client), timeout]);
  ended.abort();
};

const end = async (client: EventStoreDBClient): Promise<void> => {
  try {
    await client.dispose();
    const channel = await (client as unknown as Internals).getChannel();
    channel.close();
  } catch {
    // it never found a server
  }
};
