import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import type { Report, Restriction, RestrictionKind } from '../reports.js';
import { mayBeAddressing } from '../send-refusals.js';
import { newChatCapOf, restrictionFromNotice, timeLockOf } from './restrictions-from-whatsapp.js';
import { ackFromStanza } from './stanzas.js';

type RestrictedSocket = Pick<WASocket, 'fetchAccountReachoutTimelock' | 'fetchNewChatMessageCap'>;

type KnownRestrictionsParts = {
  readonly socket: RestrictedSocket;
  readonly isOver: () => boolean;
  /** Resolves once the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
};

/**
 * Reports what WhatsApp forbids the account, as it is when the connection opens and after each change. Baileys may pass on an answer after
 * a notice that WhatsApp sent later, and a notice that waited for the connection after both: the notice of a change is always the newest.
 */
export class KnownRestrictions {
  /** As last reported, by kind. */
  private readonly told = new Map<RestrictionKind, string>();
  /** How many changes of a kind the connection was notified of. */
  private readonly changes = new Map<RestrictionKind, number>();
  /** The kinds that WhatsApp has answered for, or changed, on this connection. */
  private readonly present = new Set<RestrictionKind>();
  private isAsking = false;

  constructor(private readonly parts: KnownRestrictionsParts) {}

  /** To be called when the connection is open. */
  opened(): void {
    void this.ask('new_chat_cap', async ({ fetchNewChatMessageCap }) => newChatCapOf(await fetchNewChatMessageCap()));
    this.askForTimeLock();
  }

  /** To be called with each notice. */
  notified(notice: BinaryNode): void {
    const restriction = restrictionFromNotice(notice, Date.now());
    if (!restriction) return;
    const { kind } = restriction;
    if (notice.attrs['offline'] === undefined) {
      this.changes.set(kind, this.changesOf(kind) + 1);
      this.present.add(kind);
    } else if (this.present.has(kind)) return;
    void this.tell(restriction);
  }

  /** To be called with each ack of a message: WhatsApp refuses new chats before it tells why. */
  acknowledged(stanza: Parameters<typeof ackFromStanza>[0]): void {
    const ack = ackFromStanza(stanza);
    if (ack?.kind === 'refused' && mayBeAddressing(ack.refusal)) this.askForTimeLock();
  }

  /** Several messages may be refused at once: that is one question. */
  private askForTimeLock(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    void this.ask('time_lock', async ({ fetchAccountReachoutTimelock }) =>
      timeLockOf(await fetchAccountReachoutTimelock()),
    ).finally(() => (this.isAsking = false));
  }

  /** Nothing is lost: it is asked for again at the next connection. */
  private async ask(kind: RestrictionKind, query: (socket: RestrictedSocket) => Promise<Restriction>): Promise<void> {
    const before = this.changesOf(kind);
    try {
      const restriction = await query(this.parts.socket);
      if (this.changesOf(kind) !== before) return;
      this.present.add(kind);
      await this.tell(restriction);
    } catch (error) {
      if (!this.parts.isOver()) this.parts.onFailure(error);
    }
  }

  private changesOf(kind: RestrictionKind): number {
    return this.changes.get(kind) ?? 0;
  }

  private async tell(restriction: Restriction): Promise<void> {
    const text = JSON.stringify(restriction);
    if (this.parts.isOver() || this.told.get(restriction.kind) === text) return;
    this.told.set(restriction.kind, text);
    await this.parts.report({ kind: 'restriction', restriction }).catch(() => this.told.delete(restriction.kind)); // it was logged
  }
}
