import type { Command } from '#lib/event-sourcing';
import type { Report, SentMessages } from '#lib/whatsapp';

/** Injects `Reports`. */
export const REPORTS = Symbol('whatsapp reports');

export type ReportOf<Kind extends Report['kind']> = Extract<Report, { readonly kind: Kind }>;

/** Turns a kind of report into commands. */
export type ReportHandler<Kind extends Report['kind']> = {
  /** Reports of a session in the same lane are handled one after the other. Left out: all of its reports are in one. */
  readonly laneOf?: (report: ReportOf<Kind>) => string;
  /**
   * `heardAt` (ISO 8601) is when the report came; `start` counts which start of the session the connection came from, null where that is
   * not known. Called again where it, or a command, failed for a reason that passes (a full disk):
   * the commands must be such that doing them twice changes nothing.
   */
  readonly commandsFor: (
    sessionId: string,
    report: ReportOf<Kind>,
    heardAt: string,
    start: number | null,
  ) => readonly Command[] | Promise<readonly Command[]>;
};

/** What WhatsApp tells of the sessions. Whoever registers before the service is up (in a constructor, say) misses nothing. */
export type Reports = {
  /** @throws {Error} the kind has a handler already. */
  handle<Kind extends Report['kind']>(kind: Kind, handler: ReportHandler<Kind>): void;
  /** Says how a message is found that a receiver asks for again. */
  findSent(lookup: SentMessages): void;
};
