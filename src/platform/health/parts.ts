import { Inject, Injectable } from '@nestjs/common';
import type { ProcessCalls } from '#lib/process-calls';
import type { RequestCounters } from '#lib/request-counters';
import { inWords, Restoration } from '../restoration/restoration.js';
import { SessionProcess } from '../processes/session-process.js';
import { enginesOf, type Engine, type Stores } from '../stores.js';
import { Subscriptions } from '../subscriptions.js';
import { COUNTERS, PROCESS_CALLS, STORES, VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';

/** How something does that the service needs. `detail` says what it waits for, or what is wrong with it. */
export type Health = { readonly status: 'up' | 'down'; readonly detail?: string };

/** `since` when it is so, as far as somebody has asked. */
export type Part = Health & { readonly name: string; readonly engine: Engine | null; readonly since: string };

const redis: Engine = { name: 'Redis', version: null };

/** The stores of the service, and what follows the log. */
@Injectable()
export class Parts {
  private readonly states = new Map<string, { readonly status: Health['status']; readonly since: string }>();
  private readonly engines: ReturnType<typeof enginesOf>;
  private readonly added: { readonly name: string; readonly engine: Engine; readonly check: () => Promise<unknown> }[] =
    [];

  private readonly remarks: { readonly name: string; readonly say: () => Promise<string | undefined> }[] = [];

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(VAULT) private readonly vault: Vault,
    private readonly subscriptions: Subscriptions,
    @Inject(COUNTERS) private readonly counters: RequestCounters,
    private readonly restoration: Restoration,
    @Inject(PROCESS_CALLS) private readonly calls: ProcessCalls,
    private readonly sessionProcess: SessionProcess,
  ) {
    this.engines = enginesOf(stores);
  }

  /** One that a context keeps on a server of its own. The check fails while it is down. */
  add(name: string, engine: Engine, check: () => Promise<unknown>): void {
    this.added.push({ name, engine, check });
  }

  /** Something to be known that keeps nothing from working; undefined while there is nothing to say. */
  remark(name: string, say: () => Promise<string | undefined>): void {
    this.remarks.push({ name, say });
  }

  /** Asks each of them. */
  async all(): Promise<readonly Part[]> {
    const { events, models, sagaProgress } = this.stores;
    const { log, others } = this.engines;
    const [store, views, progress, vault, requestCounters, calls, sessions, added] = await Promise.all([
      healthOf(() => events.ready()),
      healthOf(() => models.ready()),
      healthOf(() => sagaProgress.ready()),
      healthOf(() => this.vault.secrets.get('health', '')),
      this.counters.health(),
      this.ofCalls(),
      this.ofSessions(),
      Promise.all(this.added.map(async ({ name, engine, check }) => this.part(name, engine, await healthOf(check)))),
    ]);
    return [
      this.part('eventStore', log, this.withDamage(store)),
      this.part('readModels', others, views),
      this.part('sagaProgress', others, progress),
      this.part('vault', others, vault),
      this.part('subscriptions', null, this.ofSubscriptions()),
      ...this.ofRestoration(),
      ...added,
      ...(await this.remarked()),
      ...(calls ? [this.part('processCalls', redis, calls)] : []),
      ...(sessions ? [this.part('sessions', null, sessions)] : []),
      ...(requestCounters ? [this.part('requestCounters', redis, requestCounters)] : []),
    ];
  }

  /** A part, with the time since when it is as it is. */
  part(name: string, engine: Engine | null, health: Health): Part {
    const known = this.states.get(name);
    const state = known?.status === health.status ? known : { status: health.status, since: new Date().toISOString() };
    this.states.set(name, state);
    return { name, engine, ...health, since: state.since };
  }

  private async remarked(): Promise<readonly Part[]> {
    const said = this.remarks.map(async ({ name, say }) => {
      const detail = await say().catch(() => undefined); // the store that cannot be read says so itself
      return detail === undefined ? [] : [this.part(name, null, { status: 'up', detail })];
    });
    return (await Promise.all(said)).flat();
  }

  /** A damaged event keeps nothing but its readers from working: the store is up. */
  private withDamage(store: Health): Health {
    const damaged = this.stores.events.damaged();
    if (store.status === 'down' || damaged.length === 0) return store;
    const detail = damaged.map(({ position, problem }) => `Event ${position} is corrupt: ${problem}`).join('; ');
    return { status: 'up', detail };
  }

  /** A restored copy that waits is up: it answers, and accepts what is to be sent later. */
  private ofRestoration(): readonly Part[] {
    const { state } = this.restoration;
    if (state.status !== 'held' && state.status !== 'canceling') return [];
    return [this.part('restoredCopy', null, { status: 'up', detail: inWords(state) })];
  }

  /** Messages are accepted without them: a process that cannot ask the others is up. */
  private async ofCalls(): Promise<Health | undefined> {
    const health = await this.calls.health();
    if (health?.status !== 'down') return health;
    return { status: 'up', detail: `${health.detail}. What only the process with the sessions can answer is 503` };
  }

  /** Those of another process. */
  private async ofSessions(): Promise<Health | undefined> {
    if (this.sessionProcess.isHere) return undefined;
    if (await this.sessionProcess.isThere()) return { status: 'up' };
    return { status: 'up', detail: 'No process runs that has the sessions: messages are accepted, and wait for one' };
  }

  private ofSubscriptions(): Health {
    const behind = this.subscriptions.behind();
    if (behind.length === 0) return { status: 'up' };
    const detail = behind.map((one) => `${one.name}: ${one.trouble() ?? 'catching up'}`).join(', ');
    return { status: 'down', detail };
  }
}

/** Whether a check succeeds, and what it says if not. */
export const healthOf = async (check: () => Promise<unknown>): Promise<Health> => {
  try {
    await check();
    return { status: 'up' };
  } catch (error) {
    return { status: 'down', detail: error instanceof Error ? error.message : String(error) };
  }
};
