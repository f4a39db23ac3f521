import { createHash } from 'node:crypto';
import type { BinaryNode, GroupMetadata, WASocket } from '@whiskeysockets/baileys';
import { bareJid, personOf, type Person, type PhoneNumber } from '../../addresses.js';
import type { Group } from '../../groups.js';
import type { Report } from '../../reports.js';
import { childrenOf } from '../nodes.js';
import { queryFailure } from '../number-check.js';
import { timeFromSeconds } from '../times.js';
import { groupFromMetadata } from './from-metadata.js';

/** By jid: a hash of each group as it was last reported. Outlives the connections of a session. */
export type ReportedGroups = Map<string, string>;

type KnownGroupsParts = {
  readonly socket: Pick<WASocket, 'groupMetadata' | 'groupFetchAllParticipating'>;
  readonly reported: ReportedGroups;
  /** The phone number of the account, once the connection is open. */
  readonly account: () => PhoneNumber;
  readonly isOver: () => boolean;
  /** Resolves once the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
};

/** The account is not in the group any more, or there is none. */
const goneCodes: ReadonlySet<number | null> = new Set([401, 403, 404, 410]);

/**
 * The groups of one connection, asked for once and kept up by WhatsApp's notices: so that a message to a group needs no question, and
 * every change of a group is reported, whoever made it.
 */
export class KnownGroups {
  private readonly metadata = new Map<string, GroupMetadata>();
  /** The groups that are asked for, and whether they changed again meanwhile. */
  private readonly asking = new Map<string, { again: boolean; by: Person | null }>();

  constructor(private readonly parts: KnownGroupsParts) {}

  /** What Baileys needs for sending to a group; undefined where it must ask. */
  find = async (jid: string): Promise<GroupMetadata | undefined> => this.known(jid);

  known(jid: string): GroupMetadata | undefined {
    return this.metadata.get(jid);
  }

  /** A group; WhatsApp is asked only where it is not known. */
  async of(jid: string): Promise<GroupMetadata> {
    return this.known(jid) ?? this.parts.socket.groupMetadata(jid);
  }

  /** To be called when the connection is open. */
  opened(): void {
    this.askAll().catch((error: unknown) => this.failed(error));
  }

  /** To be called with each notice. What is known of its group is not used from now on. */
  notified(notice: BinaryNode): void {
    const { attrs } = notice;
    const { type, from, participant, participant_pn: byNumber, participant_lid: byLid } = attrs;
    if (type !== 'w:gp2' || from === undefined) return;
    const jid = bareJid(from);
    this.tellRequests(jid, notice);
    const by = participant === undefined ? null : personOf(participant, byNumber ?? byLid);
    this.metadata.delete(jid);
    const asked = this.asking.get(jid);
    if (asked) Object.assign(asked, { again: true, by });
    else this.askUntilSettled(jid, by).catch((error: unknown) => this.failed(error));
  }

  /** Of those who ask to join, or whom members ask to add, WhatsApp tells the admins. */
  private tellRequests(jid: string, notice: BinaryNode): void {
    const { account, report } = this.parts;
    const { participant, participant_pn: byNumber, participant_lid: byLid, t } = notice.attrs;
    const at = timeFromSeconds(t);
    for (const asked of childrenOf(notice).filter(({ tag }) => tag === 'created_membership_requests')) {
      const named = childrenOf(asked).flatMap(({ attrs }) =>
        attrs['jid'] ? personOf(attrs['jid'], attrs['phone_number'] ?? attrs['lid']) : [],
      );
      const people = named.length > 0 || !participant ? named : [personOf(participant, byNumber ?? byLid)];
      for (const person of people) {
        report({ kind: 'group_request', account: account(), jid, person, at }).catch((error: unknown) => {
          this.failed(error);
        });
      }
    }
  }

  private async askAll(): Promise<void> {
    const { socket, isOver, report, reported } = this.parts;
    const all = Object.values(await socket.groupFetchAllParticipating());
    if (isOver()) return;
    for (const each of all) if (!this.asking.has(each.id)) this.metadata.set(each.id, each);
    const hashed = all.map(groupFromMetadata).map((group) => ({ group, hash: hashOf(group) }));
    const changed = hashed.filter(({ group, hash }) => reported.get(group.jid) !== hash);
    await report({
      kind: 'groups',
      account: this.parts.account(),
      jids: hashed.map(({ group }) => group.jid),
      changed: changed.map(({ group }) => group),
    });
    for (const { group, hash } of changed) reported.set(group.jid, hash);
  }

  private async askUntilSettled(jid: string, by: Person | null): Promise<void> {
    const state = { again: false, by };
    this.asking.set(jid, state);
    try {
      do {
        state.again = false;
        const metadata = await this.metadataOf(jid);
        if (this.parts.isOver()) return;
        if (!state.again) await this.tell(jid, metadata, state.by);
      } while (state.again);
    } finally {
      this.asking.delete(jid);
    }
  }

  /** Undefined where the account is not in the group. */
  private async metadataOf(jid: string): Promise<GroupMetadata | undefined> {
    try {
      return await this.parts.socket.groupMetadata(jid);
    } catch (error) {
      const failure = queryFailure(error);
      if (goneCodes.has(failure.code)) return undefined;
      throw failure;
    }
  }

  private async tell(jid: string, metadata: GroupMetadata | undefined, by: Person | null): Promise<void> {
    const { report, reported } = this.parts;
    const account = this.parts.account();
    reported.delete(jid);
    if (!metadata) return report({ kind: 'group', account, jid, group: null, by });
    this.metadata.set(jid, metadata);
    const group = groupFromMetadata(metadata);
    await report({ kind: 'group', account, jid, group, by });
    reported.set(jid, hashOf(group));
  }

  /** Nothing is lost: all groups are asked for again at the next connection. */
  private failed(error: unknown): void {
    if (!this.parts.isOver()) this.parts.onFailure(error);
  }
}

const hashOf = (group: Group): string => createHash('sha256').update(JSON.stringify(group)).digest('base64');
