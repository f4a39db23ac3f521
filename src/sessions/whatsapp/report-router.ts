import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RevisionConflict } from '#lib/event-store';
import { keyedQueue, retrying, Transient, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import type { OutgoingMessage, Report, SentMessages } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { LOG } from '../../platform/tokens.js';
import type { ReportKind, ReportObserver, ReportRecorder, Reports } from '../reports.contract.js';
import type { KeepReport } from '../unrecorded/report.commands.js';
import { ConnectionStarts } from './connection-starts.js';
import { DeletedSessions } from './deleted-sessions.js';

type Heard = {
  readonly sessionId: string;
  readonly report: Report;
  readonly at: string;
  readonly start: number | null;
};

/** What WhatsApp tells only once. */
const keptKinds: ReadonlySet<ReportKind> = new Set([
  'message',
  'edited',
  'sealed_edit',
  'sealed_vote',
  'revoked',
  'reaction',
  'call_offered',
  'call_ended',
  'group_request',
  'contacts',
  'chat_marked',
  'read_elsewhere',
  'receipt',
]);

/** Passes what WhatsApp reports to its observers, and records it. Waits for stores that cannot be written, for as long as it takes. */
@Injectable()
export class ReportRouter implements Reports, OnApplicationBootstrap {
  private readonly observers = new Map<ReportKind, ReportObserver<ReportKind>[]>();
  private readonly recorders = new Map<ReportKind, ReportRecorder<ReportKind>[]>();
  private readonly queue = keyedQueue();
  /** By session: the keys that are being found. */
  private readonly keys = keyedQueue();
  private readonly stopping = new AbortController();
  private readonly givenUp = new Set<string>();
  private begin!: () => void;
  /** Resolves when everybody has registered. */
  private readonly begun = new Promise<void>((resolve) => (this.begin = resolve));
  private lookup: SentMessages | undefined;

  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly commands: CommandBus,
    private readonly starts: ConnectionStarts,
    @Inject(DeletedSessions) private readonly deleted: Pick<DeletedSessions, 'has'>,
  ) {}

  observe<Kind extends ReportKind>(kinds: readonly Kind[], observer: ReportObserver<Kind>): void {
    for (const kind of kinds) add(this.observers, kind, observer as unknown as ReportObserver<ReportKind>);
  }

  record<Kind extends ReportKind>(kind: Kind, recorder: ReportRecorder<Kind>): void {
    add(this.recorders, kind, recorder as unknown as ReportRecorder<ReportKind>);
  }

  findSent(lookup: SentMessages): void {
    this.lookup = lookup;
  }

  /** For the connections: see `SentMessages`. */
  async sent(sessionId: string, whatsappId: string): Promise<Omit<OutgoingMessage, 'whatsappId'> | undefined> {
    return this.lookup?.(sessionId, whatsappId);
  }

  /** For the connections: see `ReportListener`. Resolves when all recorders have recorded the report, or it is kept for later. */
  async hear(sessionId: string, report: Report): Promise<void> {
    const start = this.starts.of(sessionId);
    if (report.kind === 'closed') this.starts.end(sessionId);
    for (const observer of this.observers.get(report.kind) ?? []) this.notify(observer, sessionId, report, start);
    const at = new Date().toISOString();
    await this.begun;
    const heard = { sessionId, report, at, start };
    try {
      await this.recordAll(heard);
    } catch (error) {
      if (!keptKinds.has(report.kind) || passes(error)) throw error;
      this.log.error({ err: error, sessionId, report: report.kind }, 'A report cannot be recorded, and is kept');
      await this.keep(heard, error);
    }
  }

  /** Records a report that was kept. */
  async recordKept(sessionId: string, report: Report, at: string): Promise<void> {
    await this.begun;
    await this.recordAll({ sessionId, report, at, start: null });
  }

  onApplicationBootstrap(): void {
    this.begin();
  }

  /** Resolves when everything that was heard is recorded, or given up for now because the stores cannot be written. */
  async finish(): Promise<void> {
    this.stopping.abort();
    await this.keys.drain();
    await this.queue.drain();
  }

  private async keep({ sessionId, report, at }: Heard, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    const command: KeepReport = { type: 'KeepReport', data: { sessionId, report, reason, heardAt: at } };
    await retrying(() => this.commands.execute(command, CommandContext.new({ kind: 'system', id: 'whatsapp' })), {
      policy: usualRetry,
      signal: this.stopping.signal,
      again: passes,
    });
  }

  private notify(observer: ReportObserver<ReportKind>, sessionId: string, report: Report, start: number | null): void {
    try {
      observer(sessionId, report, start);
    } catch (error) {
      this.log.error({ err: error, sessionId, report: report.kind }, 'An observer of reports from WhatsApp failed');
    }
  }

  /**
   * Every recorder gets its place in the queue before anything is awaited, so that no later report overtakes this one. Each waits for the
   * one before, and goes on where that failed.
   */
  private async recordAll(heard: Heard): Promise<void> {
    const concerned = (this.recorders.get(heard.report.kind) ?? []).filter(
      ({ concerns }) => !concerns || concerns(heard.report),
    );
    const [only, ...others] = concerned;
    if (!only) return;
    if (others.length === 0) return this.recordBy(only, heard);
    let before: Promise<unknown> = Promise.resolve();
    const all = concerned.map((recorder) => {
      const previous = before;
      const recorded = this.recordBy(recorder, heard, previous);
      before = recorded.catch(() => undefined);
      return recorded;
    });
    const failure = (await Promise.allSettled(all)).find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  private recordBy(recorder: ReportRecorder<ReportKind>, heard: Heard, before?: Promise<unknown>): Promise<void> {
    return this.inLane(heard, recorder, async (lane) => {
      await before;
      await this.persist(heard, lane, () => this.dispatch(heard, recorder));
    });
  }

  private async inLane(
    heard: Heard,
    { keyOf, findKeys }: ReportRecorder<ReportKind>,
    record: (lane: string) => Promise<void>,
  ): Promise<void> {
    const { sessionId, report } = heard;
    const enter = (key: string, ...others: readonly string[]): Promise<void> => {
      const lane = `${sessionId} ${key}`;
      if (others.length === 0) return this.queue.run(lane, () => record(lane));
      const earlier = others.map((other) => this.queue.run(`${sessionId} ${other}`, () => Promise.resolve()));
      return this.queue.run(lane, async () => {
        await Promise.all(earlier);
        await record(lane);
      });
    };
    if (!findKeys) return enter(keyOf?.(report) ?? '');
    const { recorded } = await this.keys.run(sessionId, async () => ({
      recorded: enter(...(await this.persist(heard, `keys of ${sessionId}`, () => findKeys(sessionId, report)))),
    }));
    return recorded;
  }

  /** What could not be recorded before the service stops is reported again at its next start: it must not be overtaken until then. */
  private async persist<Result>(
    { sessionId, report }: Heard,
    lane: string,
    task: () => Promise<Result>,
  ): Promise<Result> {
    if (this.givenUp.has(lane))
      throw new Transient('An earlier report could not be recorded before the service stopped');
    const persisting = retrying(task, {
      policy: usualRetry,
      signal: this.stopping.signal,
      again: (error) => {
        if (!passes(error)) return false;
        this.log.warn(
          { err: error, sessionId, report: report.kind },
          'A report from WhatsApp could not be recorded yet',
        );
        return true;
      },
    });
    return persisting.catch((error: unknown) => {
      if (this.stopping.signal.aborted) this.givenUp.add(lane);
      throw error;
    });
  }

  /** A report may take a while (all groups of an account): what is left of it is not recorded once the session is deleted. */
  private async dispatch({ sessionId, report, at, start }: Heard, recorder: ReportRecorder<ReportKind>): Promise<void> {
    const commands = await recorder.commandsFor(sessionId, report, at, start);
    if (commands.length === 0) return;
    const context = CommandContext.new({ kind: 'system', id: 'whatsapp' });
    for (const [index, command] of commands.entries()) {
      if (index > 0 && (await this.deleted.has(sessionId))) return;
      await this.commands.execute(command, context);
    }
  }
}

/** Whether the same may succeed later, such as when there is space on the disk again. */
const passes = (error: unknown): boolean => error instanceof Transient || error instanceof RevisionConflict;

const add = <Value>(all: Map<ReportKind, Value[]>, kind: ReportKind, value: Value): void => {
  all.set(kind, [...(all.get(kind) ?? []), value]);
};
