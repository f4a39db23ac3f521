import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import type { PhoneNumber } from '../addresses.js';
import type { Report } from '../reports.js';
import { KnownGroups, type ReportedGroups } from './groups/known-groups.js';
import { KnownRestrictions } from './known-restrictions.js';
import { KnownBlocks } from './known-blocks.js';
import { AccountState } from './account-state.js';
import type { AppStateVersions } from './app-state-versions.js';
import type { ReadRanges } from './read-ranges.js';
import type { PassToBaileys } from './socket-events.js';

type Parts = {
  readonly socket: WASocket;
  readonly reportedGroups: ReportedGroups;
  readonly readRanges: ReadRanges;
  readonly versions: AppStateVersions;
  /** The phone number of the account, once the connection is open. */
  readonly account: () => PhoneNumber;
  readonly isOver: () => boolean;
  /** Resolves once the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
};

/** What one connection knows of its account: it is asked for when the connection opens, and kept up by WhatsApp's notices. */
export class AccountKnowledge {
  readonly groups: KnownGroups;
  private readonly blocks: KnownBlocks;
  private readonly state: AccountState;
  private readonly restrictions: KnownRestrictions;

  constructor(parts: Parts) {
    this.groups = new KnownGroups({ ...parts, reported: parts.reportedGroups });
    this.blocks = new KnownBlocks(parts);
    this.state = new AccountState(parts);
    this.restrictions = new KnownRestrictions(parts);
  }

  /** To be called when the connection is open. */
  opened(): void {
    this.groups.opened();
    this.blocks.opened();
    this.state.opened();
    this.restrictions.opened();
  }

  /** To be called with each ack of a message. */
  acknowledged(stanza: BinaryNode): void {
    this.restrictions.acknowledged(stanza);
  }

  /** To be called with each notice. Baileys confirms it when it is passed on. */
  notified(notice: BinaryNode, passToBaileys: PassToBaileys): Promise<void> {
    this.groups.notified(notice);
    this.blocks.notified(notice);
    this.restrictions.notified(notice);
    return this.state.notified(notice, passToBaileys);
  }
}
