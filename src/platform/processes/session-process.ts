import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Config } from '#config';
import { pause } from '#lib/async';
import type { Methods, ProcessCalls, Service } from '#lib/process-calls';
import type { ErrorClass } from '#lib/threads';
import { hasSessions } from '../roles.js';
import type { Stores } from '../stores.js';
import { CONFIG, PROCESS_CALLS, STORES } from '../tokens.js';
import { platformErrors } from './carried-errors.js';

/** The same methods, which take the time of a call where another process does them. */
export type Asked<M extends Methods> = {
  readonly [name in keyof M]: (...args: Parameters<M[name]>) => Promise<Awaited<ReturnType<M[name]>>>;
};

/** How a service is asked. `timeoutMs` by method: how long it may take, where that is not two minutes. */
export type AskedHow<M extends Methods> = {
  readonly errors?: readonly ErrorClass[];
  readonly timeoutMs?: { readonly [name in keyof M]?: number };
};

/** How long the end of the service waits for what other processes have asked. */
const lastAnswersTimeoutMs = 5000;

/**
 * What only the process can do that has the sessions: it alone has the connections to WhatsApp, and what is in memory about them. It does
 * these things itself; every other process asks it.
 */
@Injectable()
export class SessionProcess implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  /** Whether it is this one. */
  readonly isHere: boolean;
  private readonly services: Service[] = [];

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(PROCESS_CALLS) private readonly calls: ProcessCalls,
  ) {
    this.isHere = hasSessions(config);
  }

  /**
   * To be called in a constructor, in every process alike. The answer does the same wherever it is called; the methods run in the process
   * that has the sessions. Arguments and answers are plain data. Elsewhere each may throw {NobodyAnswers | AnswerLost}.
   */
  offer<M extends Methods>(name: string, methods: M, { errors = [], timeoutMs = {} }: AskedHow<M> = {}): Asked<M> {
    const service: Service = { name, methods, errors: [...errors, ...platformErrors] };
    this.services.push(service);
    const asked = Object.keys(methods).map((method) => {
      const run = methods[method] as unknown as (...args: unknown[]) => unknown;
      const limit = timeoutMs[method];
      const here = async (...args: unknown[]): Promise<unknown> => run(...args);
      const there = (...args: unknown[]): Promise<unknown> =>
        this.calls.ask({ service, method, args, ...(limit !== undefined && { timeoutMs: limit }) });
      return [method, this.isHere ? here : there];
    });
    return Object.fromEntries(asked) as Asked<M>;
  }

  /** Whether it runs, as far as is known here. */
  isThere(): Promise<boolean> {
    return this.isHere ? Promise.resolve(true) : this.calls.isServed();
  }

  async onApplicationBootstrap(): Promise<void> {
    const { database } = this.stores;
    const stands = (): Promise<boolean> => database?.isOwned() ?? Promise.resolve(true);
    if (this.isHere) await this.calls.serve(this.services, stands);
  }

  /** Comes before the connections are closed. */
  async onModuleDestroy(): Promise<void> {
    if (this.isHere) await Promise.race([this.calls.close(), pause(lastAnswersTimeoutMs)]);
  }

  /** Elsewhere, the last request has been answered. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.race([this.calls.close(), pause(lastAnswersTimeoutMs)]);
  }
}
