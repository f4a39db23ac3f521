import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Config } from '#config';
import type { Command, Query } from '#lib/event-sourcing';
import type { ProcessCalls } from '#lib/process-calls';
import type { RequestCounters } from '#lib/request-counters';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from './bus/command-bus.js';
import { QueryBus } from './bus/query-bus.js';
import { commandHandler } from './bus/command-handler.js';
import { LastWrites } from './bus/last-writes.js';
import type {
  AnyDecider,
  CommandHandler,
  ContextDefinition,
  DocumentQueryHandler,
  Effect,
  QueryHandler,
} from './context-definition.js';
import { patiently } from './on-server.js';
import { RequestLog } from './request-log/request-log.js';
import { assertSameLog } from './same-log.js';
import { closeStores, type Stores } from './stores.js';
import { Subscriptions } from './subscriptions.js';
import { streamStates } from './streams/state-snapshots.js';
import { Streams } from './streams/streams.js';
import { CONFIG, CONTEXTS, COUNTERS, LOG, PROCESS_CALLS, STORES, VAULT } from './tokens.js';
import type { Vault } from './vault.js';
import { onlyDeclared } from './views/declared-views.js';
import { Documents } from './views/documents.js';
import { MemoryViews } from './views/memory-views.js';
import { Views } from './views/views.js';

/** Puts the contexts to work when the service starts, and to rest when it stops. */
@Injectable()
export class Runtime implements OnModuleInit, OnApplicationShutdown {
  private readonly lastWrites: LastWrites;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(CONTEXTS) private readonly contexts: readonly ContextDefinition[],
    private readonly streams: Streams,
    @Inject(COUNTERS) private readonly counters: RequestCounters,
    @Inject(LOG) private readonly log: Log,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly subscriptions: Subscriptions,
    private readonly memoryViews: MemoryViews,
    private readonly views: Views,
    private readonly documents: Documents,
    private readonly requestLog: RequestLog,
    private readonly modules: ModuleRef,
    @Inject(PROCESS_CALLS) calls: ProcessCalls,
  ) {
    this.lastWrites = new LastWrites(calls);
  }

  async onModuleInit(): Promise<void> {
    for (const { deciders, commands, effects, queries } of this.contexts) {
      for (const decider of deciders) this.routeDecider(decider);
      for (const [type, handler] of Object.entries(commands ?? {})) {
        const instance = this.modules.get<CommandHandler>(handler, { strict: false });
        this.commands.route(type, (command, context) => instance.execute(command, context));
      }
      for (const [type, effect] of Object.entries(effects ?? {})) {
        this.routeEffect(type, this.modules.get<Effect>(effect, { strict: false }));
      }
      for (const [type, handler] of Object.entries(queries ?? {})) this.routeQuery(type, handler);
    }
    await this.subscriptions.prepare([...this.memoryViews.collections(), streamStates]);
    this.streams.start();
    const head = await patiently(() => this.stores.events.head(), this.config, this.log);
    await this.memoryViews.start(head); // before the sagas act: their commands ask these
    this.views.begin(head);
    await this.subscriptions.start();
  }

  /** Called when the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.memoryViews.stop();
    await this.streams.stop();
    await this.subscriptions.stop();
    await this.noteLog();
    await this.requestLog.close();
    await this.counters.close();
    await this.vault.secrets.close();
    await closeStores(this.stores);
  }

  /** The log of a first start had no event when it was opened. A failure must not keep the stores open: the next start notes it. */
  private async noteLog(): Promise<void> {
    try {
      await assertSameLog(this.vault.secrets, this.stores.events);
      await this.stores.database?.noteLog();
    } catch (error) {
      this.log.warn({ err: error }, 'The stores could not note which log they belong to');
    }
  }

  private routeDecider(decider: AnyDecider): void {
    const handle = commandHandler(decider, this.streams.of(decider));
    for (const type of Object.keys(decider.decide)) {
      this.commands.route(type, async (command, context) => {
        const result = await handle(command as Command, context);
        this.lastWrites.note(context.actor, result.position);
        return result;
      });
    }
  }

  private routeEffect(type: string, effect: Effect): void {
    this.commands.route(type, async (command, context) => {
      for (const record of await effect.run(command as Command, context)) await this.commands.execute(record, context);
    });
  }

  private routeQuery(type: string, handler: QueryHandler | DocumentQueryHandler): void {
    const { models } = this.stores;
    if ('of' in handler) {
      this.queries.route(type, async ({ data }: Query, { actor }) => {
        const document = await this.documents.get(handler.of, handler.id(data), this.lastWrites.of(actor));
        return handler.answer(document, data, models);
      });
      return;
    }
    const declared = onlyDeclared(models, handler.reads);
    this.queries.route(type, async ({ data }: Query, { actor }) => {
      const position = this.lastWrites.of(actor);
      if (!handler.isAnsweredAtOnce) for (const view of handler.reads) await this.views.wait(view, position);
      const shownUpTo = Math.min(...handler.reads.map((view) => this.views.reached(view)));
      return handler.answer(data, declared, shownUpTo);
    });
  }
}
