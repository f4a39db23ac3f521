import { Inject, Injectable } from '@nestjs/common';
import { isChannel, shownPersonOf, type Received, type ReceivedMessage } from '#lib/whatsapp';
import type { Log } from '#lib/subscriptions';
import { LOG } from '../../platform/tokens.js';
import { CommandContext } from '../../platform/command-context.js';
import { isIgnored } from '../../sessions/ignored.contract.js';
import { REPORTS, type ReportOf, type Reports } from '../../sessions/reports.contract.js';
import type { AccountPlace } from '../address.contract.js';
import type { MessageCommand } from '../message.commands.js';
import type { MessageOwner } from '../message-owner.contract.js';
import { Contacts } from '../pacing/contacts.js';
import { Names } from '../people/names.js';
import { People } from '../people/people.js';
import { Senders } from '../senders/senders.js';
import type { SenderSession } from '../senders/senders-view.js';
import { ChatLanes } from './chat-lanes.js';
import { ReceivedIds, type Target } from './received-ids.js';
import { authorOf, type SessionOwner } from './received-message.js';

const actor = { kind: 'system', id: 'whatsapp' } as const;

type ChangeKind = 'edited' | 'sealed_edit' | 'sealed_vote' | 'revoked' | 'reaction';
type Changed = MessageOwner & { readonly changeId: string; readonly at: string };
type Commands = readonly MessageCommand[];

/** Records the messages that people write to a session, and their edits, votes, revocations and reactions: those of a chat in order. */
@Injectable()
export class IncomingReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    @Inject(LOG) private readonly log: Log,
    private readonly senders: Senders,
    private readonly lanes: ChatLanes,
    private readonly people: People,
    private readonly names: Names,
    private readonly ids: ReceivedIds,
    private readonly contacts: Contacts,
  ) {
    reports.record('message', {
      findKeys: (sessionId, { message }) => this.lanes.keysOf(sessionId, message),
      commandsFor: (sessionId, { message }, at) => this.received(sessionId, message, at),
    });
    const byAuthor = <R extends { readonly message: Received }>(report: R) => ({
      ...report,
      author: authorOf(report.message),
    });
    this.recordChange(reports, 'edited', byAuthor, (changed, { content, mentions, madeAt }) => [
      { type: 'RecordMessageEdited', data: { ...changed, content, mentions, ...(madeAt !== undefined && { madeAt }) } },
    ]);
    this.recordChange(reports, 'sealed_edit', byAuthor, (changed, { whatsappId, edit }, { sender }) => [
      {
        type: 'RecordSealedChange',
        data: { ...changed, change: { kind: 'sealed_edit', whatsappId, edit: { sender, ...edit } } },
      },
    ]);
    this.recordChange(
      reports,
      'sealed_vote',
      (report) => report,
      (changed, { whatsappId, pollAuthor: author, vote: sealed, castAt }, { sender: voter, sentAt: votedAt }) => {
        const vote = { author, voter, ...sealed, votedAt, castAt };
        return [
          { type: 'RecordSealedChange', data: { ...changed, change: { kind: 'sealed_vote', whatsappId, vote } } },
        ];
      },
    );
    this.recordChange(
      reports,
      'revoked',
      (report) => report,
      (changed) => [{ type: 'RecordMessageRevoked', data: changed }],
    );
    this.recordChange(
      reports,
      'reaction',
      (report) => report,
      (changed, { emoji }, { sender }) => [
        { type: 'RecordReaction', data: { ...changed, from: shownPersonOf(sender, sender.jid), emoji } },
      ],
    );
  }

  /** Records a change of a message: `targetOf` says of which. */
  private recordChange<Kind extends ChangeKind>(
    reports: Reports,
    kind: Kind,
    targetOf: (report: ReportOf<Kind>) => Target,
    commands: (changed: Changed, report: ReportOf<Kind>, message: Received) => Commands,
  ): void {
    const commandsFor = async (sessionId: string, report: ReportOf<Kind>, at: string): Promise<Commands> => {
      const session = await this.sessionOf(sessionId);
      if (!session) return [];
      const target = targetOf(report);
      const message = await this.people.recognize(sessionId, target.message);
      if (isIgnored(session.ignore, message.chat)) return [];
      const owner = await this.ids.changed(ownerOf(session), { ...target, message });
      return commands({ ...owner, changeId: message.key.whatsappId, at }, report, message);
    };
    reports.record(kind, {
      findKeys: (sessionId, report) => this.lanes.keysOf(sessionId, targetOf(report).message),
      commandsFor,
    });
  }

  private async received(sessionId: string, message: ReceivedMessage, receivedAt: string): Promise<Commands> {
    const session = await this.sessionOf(sessionId);
    if (!session) return [];
    const { account, chat } = message;
    if (await this.isOfIgnored(session, sessionId, message)) return [];
    const { fromMe } = message.key;
    if (await this.ids.isEcho(ownerOf(session), message)) return [];
    if (!fromMe && !isChannel(chat.jid)) await this.noteSender({ ...ownerOf(session), account }, message);
    const known = await this.people.recognize(sessionId, message);
    const data = await this.ids.received(ownerOf(session), known, receivedAt);
    if (!fromMe) this.contacts.wrote(sessionId, data.chatId);
    return [{ type: 'RecordMessageReceived', data }];
  }

  private async isOfIgnored({ ignore }: SenderSession, sessionId: string, message: ReceivedMessage): Promise<boolean> {
    return ignore.length > 0 && isIgnored(ignore, (await this.people.recognize(sessionId, message)).chat);
  }

  private async noteSender(place: AccountPlace, { sender, pushName, verifiedName }: ReceivedMessage): Promise<void> {
    const chatId = await this.lanes.chatWith(place, sender);
    const names = { ...(pushName !== null && { pushName }), ...(verifiedName !== null && { verifiedName }) };
    await this.names.learn({ ...place, chatId }, sender, names, CommandContext.new(actor));
  }

  private async sessionOf(sessionId: string): Promise<SenderSession | undefined> {
    const session = await this.senders.find(sessionId);
    if (session) return session;
    this.log.warn({ sessionId }, 'A message came for a session that was deleted');
    return undefined;
  }
}

const ownerOf = ({ sessionId, userId }: SenderSession): SessionOwner => ({ sessionId, userId });
