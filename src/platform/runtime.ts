import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ModuleRef } from '@nestjs/core';
import type { Command, EventCodec } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { commandHandler, type Outcome } from './bus/command-handler.js';
import { CommandRouter } from './bus/command-router.js';
import { LastWrites } from './bus/last-writes.js';
import { QueryRouter } from './bus/query-router.js';
import type { CommandContext } from './command-context.js';
import type { AnyDecider, ContextDefinition, Effect, Query, QueryHandler } from './context-definition.js';
import type { Stores } from './stores.js';
import { Subscriptions } from './subscriptions.js';
import { CODEC, CONTEXTS, LOG, STORES, VAULT } from './tokens.js';
import type { Vault } from './vault.js';

/** How long a query waits for its view to show the caller's own writes, in milliseconds. */
const patience = 2000;

/** Puts the contexts to work when the service starts, and to rest when it stops. */
@Injectable()
export class Runtime implements OnModuleInit, OnApplicationShutdown {
  private readonly lastWrites = new LastWrites();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(CONTEXTS) private readonly contexts: readonly ContextDefinition[],
    @Inject(CODEC) private readonly codec: EventCodec,
    @Inject(LOG) private readonly log: Log,
    @Inject(CommandBus) private readonly commands: CommandRouter,
    @Inject(QueryBus) private readonly queries: QueryRouter,
    private readonly subscriptions: Subscriptions,
    private readonly modules: ModuleRef,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const { deciders, effects, queries } of this.contexts) {
      for (const decider of deciders) this.routeDecider(decider);
      for (const [type, effect] of Object.entries(effects ?? {})) {
        this.routeEffect(type, this.modules.get<Effect>(effect, { strict: false }));
      }
      for (const [type, handler] of Object.entries(queries ?? {})) this.routeQuery(type, handler);
    }
    await this.subscriptions.start();
  }

  /** Called when the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.subscriptions.stop();
    await this.vault.secrets.close();
    await this.stores.models.close();
    await this.stores.events.close();
  }

  private routeDecider(decider: AnyDecider): void {
    const handle = commandHandler(decider, this.stores.events, this.codec);
    const handleAndNote = async (command: Command, context: CommandContext): Promise<Outcome> => {
      const outcome = await handle(command, context);
      this.lastWrites.note(context.actor, outcome.position);
      return outcome;
    };
    for (const type of Object.keys(decider.decide)) this.commands.route(type, handleAndNote);
  }

  private routeEffect(type: string, effect: Effect): void {
    this.commands.route(type, async (command, context) => {
      for (const record of await effect.run(command, context)) await this.commands.execute(record, context);
    });
  }

  private routeQuery(type: string, { reads, answer }: QueryHandler): void {
    this.queries.route(type, async ({ data }: Query, { actor }) => {
      const position = this.lastWrites.of(actor);
      for (const { name } of reads) {
        if (!(await this.subscriptions.named(name).reached(position, patience))) {
          this.log.warn({ query: type, view: name, position }, 'Answered from a view that is behind');
        }
      }
      return answer(data, this.stores.models);
    });
  }
}
