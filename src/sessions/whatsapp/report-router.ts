import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RevisionConflict } from '#lib/event-store';
import { keyedQueue, retrying, Transient, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import type { OutgoingMessage, Report, SentMessages } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { LOG } from '../../platform/tokens.js';
import type { ReportHandler, Reports } from '../reports.contract.js';
import { ConnectionStatuses } from './connection-statuses.js';
import { PairingOffers } from './pairing-offers.js';

type Kind = Report['kind'];
type Heard = {
  readonly sessionId: string;
  readonly report: Report;
  readonly at: string;
  readonly start: number | null;
};

/**
 * Turns what WhatsApp tells into commands: in order within a lane of a session, otherwise side by side. What fails because the stores are
 * in trouble is tried again until it succeeds.
 */
@Injectable()
export class ReportRouter implements Reports, OnApplicationBootstrap {
  private readonly handlers = new Map<Kind, ReportHandler<Kind>>();
  private readonly lanes = keyedQueue();
  private readonly stopping = new AbortController();
  private begin!: () => void;
  /** All handlers are there. */
  private readonly begun = new Promise<void>((resolve) => (this.begin = resolve));
  private lookup: SentMessages | undefined;

  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly commands: CommandBus,
    private readonly connections: ConnectionStatuses,
    private readonly offers: PairingOffers,
  ) {}

  handle<K extends Kind>(kind: K, handler: ReportHandler<K>): void {
    if (this.handlers.has(kind)) throw new Error(`Two places handle the report ${kind}`);
    this.handlers.set(kind, handler as unknown as ReportHandler<Kind>);
  }

  findSent(lookup: SentMessages): void {
    this.lookup = lookup;
  }

  /** For the connections: see `SentMessages`. */
  async sent(sessionId: string, whatsappId: string): Promise<Omit<OutgoingMessage, 'whatsappId'> | undefined> {
    return this.lookup?.(sessionId, whatsappId);
  }

  /** For the connections: see `ReportListener`. */
  async hear(sessionId: string, report: Report): Promise<void> {
    const start = this.connections.startOf(sessionId);
    this.connections.note(sessionId, report);
    this.offers.note(sessionId, report, start);
    const at = new Date().toISOString();
    await this.begun;
    await this.take({ sessionId, report, at, start });
  }

  onApplicationBootstrap(): void {
    this.begin();
  }

  /** Resolves when everything that was heard is recorded, or given up for now because the stores cannot be written. */
  async finish(): Promise<void> {
    this.stopping.abort();
    await this.lanes.drain();
  }

  private async take(heard: Heard): Promise<void> {
    const { sessionId, report } = heard;
    const handler = this.handlers.get(report.kind);
    if (!handler) return;
    const lane = `${sessionId} ${handler.laneOf?.(report) ?? ''}`;
    await this.lanes.run(lane, () => this.persist(heard, handler));
  }

  private async persist(heard: Heard, handler: ReportHandler<Kind>): Promise<void> {
    const { sessionId, report } = heard;
    await retrying(() => this.dispatch(heard, handler), {
      policy: usualRetry,
      signal: this.stopping.signal,
      again: (error) => {
        if (!(error instanceof Transient || error instanceof RevisionConflict)) return false;
        this.log.warn(
          { err: error, sessionId, report: report.kind },
          'A report from WhatsApp could not be recorded yet',
        );
        return true;
      },
    });
  }

  private async dispatch({ sessionId, report, at, start }: Heard, handler: ReportHandler<Kind>): Promise<void> {
    const context = CommandContext.new({ kind: 'system', id: 'whatsapp' });
    const commands = await handler.commandsFor(sessionId, report, at, start);
    for (const command of commands) await this.commands.execute(command, context);
  }
}
