import type { Command } from '#lib/event-sourcing';
import type { Report, SentMessages } from '#lib/whatsapp';

/** Injects `Reports`. */
export const REPORTS = Symbol('whatsapp reports');

export type ReportKind = Report['kind'];
export type ReportOf<Kind extends ReportKind> = Extract<Report, { readonly kind: Kind }>;

/**
 * Takes note of a report in memory, as soon as it comes and before it is recorded: after a crash it may come again. Must return soon.
 * `start` is the number of the session's start that the connection belongs to; null where that is not known.
 */
export type ReportObserver<Kind extends ReportKind> = (
  sessionId: string,
  report: ReportOf<Kind>,
  start: number | null,
) => void;

/** Records a kind of report as commands. */
export type ReportRecorder<Kind extends ReportKind> = {
  /** Whether there may be anything to record, as the report alone says. Left out: there may. */
  readonly concerns?: (report: ReportOf<Kind>) => boolean;
  /**
   * Reports of a session with the same key are recorded in the order in which they came, those with different keys side by side. Keys are
   * shared by all recorders. Left out: the reports of a session have one key.
   */
  readonly keyOf?: (report: ReportOf<Kind>) => string;
  /**
   * Instead of `keyOf`, where the log says which reports belong together. The first key is the report's own; it is recorded after earlier ones
   * with the other keys, too. Called for one report of a session after the other, in the order in which they came, and again like `commandsFor`.
   */
  readonly findKeys?: (sessionId: string, report: ReportOf<Kind>) => Promise<readonly [string, ...string[]]>;
  /**
   * `heardAt` (ISO 8601) is when the report came; `start` as for observers. Called again where it, or a command, failed for a reason that
   * passes (a full disk), or after a crash: the commands must be such that repeating them changes nothing.
   */
  readonly commandsFor: (
    sessionId: string,
    report: ReportOf<Kind>,
    heardAt: string,
    start: number | null,
  ) => readonly Command[] | Promise<readonly Command[]>;
};

/**
 * The reports of all sessions' connections. A kind may have any number of observers and recorders; each gets every report, in the order of
 * registration. Whoever registers in a constructor misses none.
 */
export type Reports = {
  observe<Kind extends ReportKind>(kinds: readonly Kind[], observer: ReportObserver<Kind>): void;
  record<Kind extends ReportKind>(kind: Kind, recorder: ReportRecorder<Kind>): void;
  /** Says how a message is found that a receiver asks for again. */
  findSent(lookup: SentMessages): void;
};
