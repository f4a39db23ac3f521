import { Inject, Injectable } from '@nestjs/common';
import { keyedQueue } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import { UrlNotAllowed, type Outbound } from '#lib/outbound';
import { InvalidCursor, type Page } from '#lib/read-models';
import type { GetUser } from '../identity/user.contract.js';
import { OUTBOUND } from '../media/outbound.contract.js';
import { InvalidInput } from '../platform/http/problem.js';
import { PublicEvents } from '../platform/public-events/public-events.js';
import { matchesType } from '../platform/public-events/type-patterns.js';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { Streams } from '../platform/streams/streams.js';
import type { GetSession } from '../sessions/session-view.contract.js';
import type { WebhookCommand } from './webhook.commands.js';
import { webhookEvents, type WebhookSettings, type WebhookView } from './webhook.contract.js';
import { webhookDecider } from './webhook.decider.js';
import { WebhookKeysStore } from './webhook-keys.js';
import { webhookChanges, webhooksAfter } from './webhook.rules.js';

/** What a caller says of a webhook: the values of headers too, which nobody is shown. */
export type GivenSettings = Omit<WebhookSettings, 'headerNames'> & {
  readonly headers: Readonly<Record<string, string>>;
};

type WithSecret = { readonly webhook: WebhookView; readonly secret: string };
type Simple = 'PauseWebhook' | 'ResumeWebhook' | 'RemoveWebhook';

const idPattern = /^[0-9a-f-]{36}$/;

/** The webhooks of users, as the log has them at this moment. */
@Injectable()
export class WebhooksService {
  /** Commands to a user's webhooks, one at a time: so callers at the same time do not run into each other's revisions. */
  private readonly byUser = keyedQueue();

  constructor(
    @Inject(OUTBOUND) private readonly outbound: Outbound,
    private readonly keys: WebhookKeysStore,
    private readonly streams: Streams,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly publicEvents: PublicEvents,
  ) {}

  /** @throws {DomainError} `webhook_not_found` */
  async find(userId: string, webhookId: string): Promise<WebhookView> {
    const webhook = (await this.all(userId)).find(({ id }) => id === webhookId);
    if (!webhook) throw notFound();
    return webhook;
  }

  /** The types of events that are named, also as all of a kind (`message.*`). `path`: of the field that names them. @throws {InvalidInput} there is no such event */
  typesOf(names: readonly string[], path: string): readonly string[] {
    const types = this.publicEvents.catalogue.map(({ type }) => type);
    const unknown = names.filter((name) => !types.some((type) => matchesType([name], type)));
    if (unknown.length > 0) {
      throw new InvalidInput(unknown.map((name) => ({ path, message: `There is no event ${name}` })));
    }
    return types.filter((type) => matchesType(names, type));
  }

  /** A page of a user's webhooks, newest first; the cursor is the id of the last one. */
  async list(userId: string, limit: number, cursor?: string): Promise<Page<WebhookView>> {
    if (cursor !== undefined && !idPattern.test(cursor)) throw new InvalidCursor('The cursor is damaged');
    const sorted = (await this.all(userId)).toSorted((one, other) => (one.id < other.id ? 1 : -1));
    const left = sorted.filter(({ id }) => cursor === undefined || id < cursor);
    const data = left.slice(0, limit);
    return { data, next: left.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  /** The webhook as it was when it was registered, whatever has become of it. */
  async first(userId: string, webhookId: string): Promise<WebhookView | undefined> {
    const events = await this.streams.events(webhookEvents, userId);
    const first = events.find((event) => event.type === 'WebhookRegistered' && event.data.webhookId === webhookId);
    return first?.type === 'WebhookRegistered'
      ? webhookChanges.WebhookRegistered({}, first.data)[webhookId]
      : undefined;
  }

  /** @throws {DomainError} `url_not_allowed`, `session_not_found`, `webhook_limit_reached` */
  async register(
    context: CommandContext,
    userId: string,
    webhookId: string,
    { headers, ...settings }: GivenSettings,
  ): Promise<WithSecret> {
    await this.check(context, userId, settings);
    const { limits } = await this.queries.execute<GetUser>({ type: 'GetUser', data: { userId } }, context);
    const secret = await this.keys.create(webhookId, headers);
    const headerNames = Object.keys(headers);
    const data = { userId, webhookId, ...settings, headerNames, userLimit: limits.maxWebhooks, at: now() };
    try {
      await this.execute({ type: 'RegisterWebhook', data }, context);
    } catch (error) {
      if (error instanceof DomainError) await this.keys.remove(webhookId);
      throw error;
    }
    return { webhook: await this.find(userId, webhookId), secret };
  }

  /** What is left out stays. @throws {DomainError} as for `register`, and `webhook_not_found` */
  async change(
    context: CommandContext,
    userId: string,
    webhookId: string,
    { headers, ...settings }: Partial<GivenSettings>,
  ): Promise<WebhookView> {
    await this.find(userId, webhookId);
    await this.check(context, userId, settings);
    await this.inTurn(userId, async () => {
      const change = { ...settings, ...(headers && { headerNames: Object.keys(headers) }) };
      const stored = headers && { headersId: await this.storeHeaders(userId, webhookId, headers) };
      const data = { userId, webhookId, change, ...stored, at: now() };
      await this.executeOrForget({ type: 'ChangeWebhook', data }, context);
    });
    return this.find(userId, webhookId);
  }

  /** @throws {DomainError} `webhook_not_found` */
  async rotateSecret(context: CommandContext, userId: string, webhookId: string): Promise<WithSecret> {
    await this.find(userId, webhookId);
    const { secret, formerUntil } = await this.keys.rotate(webhookId);
    const data = { userId, webhookId, formerUntil, at: now() };
    await this.inTurn(userId, () => this.executeOrForget({ type: 'RotateWebhookSecret', data }, context));
    return { webhook: await this.find(userId, webhookId), secret };
  }

  /** @throws {DomainError} `webhook_not_found`, `webhook_disabled` */
  async act(context: CommandContext, type: Simple, userId: string, webhookId: string): Promise<void> {
    await this.execute({ type, data: { userId, webhookId, at: now() } }, context);
  }

  /** The same `testId` tests once. @throws {DomainError} `webhook_not_found`, `webhook_disabled` */
  async test(context: CommandContext, userId: string, webhookId: string, testId: string): Promise<WebhookView> {
    await this.execute({ type: 'TestWebhook', data: { userId, webhookId, testId, at: now() } }, context);
    return this.find(userId, webhookId);
  }

  /** The webhook as it was when a test of it began, whatever has become of it. */
  async tested(userId: string, testId: string): Promise<WebhookView | undefined> {
    const events = await this.streams.events(webhookEvents, userId);
    const index = events.findIndex(({ type, data }) => type === 'WebhookTested' && data.testId === testId);
    const event = events[index];
    if (event?.type !== 'WebhookTested') return undefined;
    return webhooksAfter(events.slice(0, index))[event.data.webhookId];
  }

  /** What was stored for a webhook that was removed meanwhile goes again. */
  private async executeOrForget(
    command: Extract<WebhookCommand, { type: 'ChangeWebhook' | 'RotateWebhookSecret' }>,
    context: CommandContext,
  ): Promise<void> {
    try {
      await this.commands.execute<WebhookCommand>(command, context);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'webhook_not_found')
        await this.keys.remove(command.data.webhookId);
      throw error;
    }
  }

  /** They are used once the event names them: until then, requests are made with those before. */
  private async storeHeaders(userId: string, webhookId: string, headers: GivenSettings['headers']): Promise<string> {
    const { headersId } = await this.find(userId, webhookId);
    return this.keys.addHeaders(webhookId, headers, headersId);
  }

  private async all(userId: string): Promise<readonly WebhookView[]> {
    const { state } = await this.streams.state(webhookDecider, userId);
    return Object.values(state.webhooks);
  }

  private async check(
    context: CommandContext,
    userId: string,
    { url, events, sessionIds }: Partial<WebhookSettings>,
  ): Promise<void> {
    if (events) this.typesOf(events, 'events');
    for (const sessionId of sessionIds ?? []) {
      await this.queries.execute<GetSession>({ type: 'GetSession', data: { sessionId, userId } }, context);
    }
    if (url === undefined) return;
    try {
      await this.outbound.check(url);
    } catch (error) {
      if (!(error instanceof UrlNotAllowed)) throw error;
      throw new DomainError('refused', 'url_not_allowed', error.message);
    }
  }

  private async execute(command: WebhookCommand, context: CommandContext): Promise<void> {
    await this.inTurn(command.data.userId, () => this.commands.execute<WebhookCommand>(command, context));
  }

  private inTurn<Result>(userId: string, work: () => Promise<Result>): Promise<Result> {
    return this.byUser.run(userId, work);
  }
}

const notFound = (): DomainError => new DomainError('not_found', 'webhook_not_found', 'There is no such webhook');

const now = (): string => new Date().toISOString();
