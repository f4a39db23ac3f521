import type { NewChatMessageCapInfo, ReachoutTimelockState, WASocket } from '@whiskeysockets/baileys';
import type { Report, Restriction } from '../reports.js';
import { mayBeAddressing } from '../send-refusals.js';
import { ackFromStanza } from './stanzas.js';

type RestrictedSocket = Pick<WASocket, 'ev' | 'fetchAccountReachoutTimelock' | 'fetchNewChatMessageCap'>;

type KnownRestrictionsParts = {
  readonly socket: RestrictedSocket;
  readonly isOver: () => boolean;
  /** Resolves once the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
};

/** Reports what WhatsApp forbids the account, as it is when the connection opens and after each change. */
export class KnownRestrictions {
  /** As last reported, by kind. */
  private readonly told = new Map<string, string>();
  private isAsking = false;

  constructor(private readonly parts: KnownRestrictionsParts) {
    const { ev } = parts.socket;
    ev.on('connection.update', ({ reachoutTimeLock }) => {
      if (reachoutTimeLock) void this.tell(timeLockOf(reachoutTimeLock));
    });
    ev.on('message-capping.update', (cap) => void this.tell(newChatCapOf(cap)));
  }

  /** To be called when the connection is open. */
  opened(): void {
    void this.ask(async ({ fetchNewChatMessageCap }) => this.tell(newChatCapOf(await fetchNewChatMessageCap())));
    this.askForTimeLock();
  }

  /** To be called with each ack of a message: WhatsApp refuses new chats before it tells why. */
  acknowledged(stanza: Parameters<typeof ackFromStanza>[0]): void {
    const ack = ackFromStanza(stanza);
    if (ack?.kind === 'refused' && mayBeAddressing(ack.refusal)) this.askForTimeLock();
  }

  /** The answer is an event of the socket, too. Several messages may be refused at once: that is one question. */
  private askForTimeLock(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    const query = ({ fetchAccountReachoutTimelock }: RestrictedSocket) => fetchAccountReachoutTimelock();
    void this.ask(query).finally(() => (this.isAsking = false));
  }

  /** Nothing is lost: it is asked for again at the next connection. */
  private async ask(query: (socket: RestrictedSocket) => Promise<unknown>): Promise<void> {
    try {
      await query(this.parts.socket);
    } catch (error) {
      if (!this.parts.isOver()) this.parts.onFailure(error);
    }
  }

  private async tell(restriction: Restriction): Promise<void> {
    const text = JSON.stringify(restriction);
    if (this.parts.isOver() || this.told.get(restriction.kind) === text) return;
    this.told.set(restriction.kind, text);
    await this.parts.report({ kind: 'restriction', restriction }).catch(() => this.told.delete(restriction.kind)); // it was logged
  }
}

const timeLockOf = ({ isActive = false, timeEnforcementEnds, enforcementType }: ReachoutTimelockState): Restriction => {
  const cause =
    enforcementType === undefined || (enforcementType as string) === 'DEFAULT' ? '' : ` (${enforcementType})`;
  return {
    kind: 'time_lock',
    isActive,
    until: isActive ? (timeEnforcementEnds?.toISOString() ?? null) : null,
    detail: `WhatsApp does not let the account start new chats for now${cause}.`,
  };
};

const newChatCapOf = ({ capping_status, cycle_end_timestamp, total_quota }: NewChatMessageCapInfo): Restriction => {
  const isActive = (capping_status as string | undefined) === 'CAPPED';
  const seconds = Number(cycle_end_timestamp);
  const cap = total_quota !== undefined && total_quota > 0 ? ` ${total_quota}` : '';
  return {
    kind: 'new_chat_cap',
    isActive,
    until: isActive && seconds > 0 ? new Date(seconds * 1000).toISOString() : null,
    detail: `WhatsApp lets the account start a number of new chats${cap && `,${cap},`} within a time, and they are used up.`,
  };
};
