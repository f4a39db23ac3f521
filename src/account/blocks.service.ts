import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { answerFor, jidOf, parseNamedRecipient } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { LINKED_SESSIONS, type LinkedSession, type LinkedSessions } from '../sessions/linked-sessions.contract.js';
import { MESSENGER, type Messenger } from '../sessions/whatsapp.contract.js';
import { isSame, type BlockedPerson, type RecordBlock } from './block-list.decider.js';

type Of = { readonly userId: string; readonly sessionId: string | undefined };

/** Reads and changes whom the account of a session blocks. */
@Injectable()
export class BlocksService {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    private readonly commands: CommandBus,
    @Inject(LINKED_SESSIONS) private readonly sessions: LinkedSessions,
  ) {}

  /** As WhatsApp has it. @throws as `LinkedSessions.of` does, and {QueryFailed} */
  async list(of: Of, context: CommandContext): Promise<readonly BlockedPerson[]> {
    const { sessionId } = await this.sessions.of(of, context);
    return this.messenger.accounts.blocked(sessionId);
  }

  /** @throws {DomainError} `invalid_recipient`, `not_on_whatsapp` @throws as `LinkedSessions.of` does, and {QueryFailed} */
  async block(of: Of, text: string, context: CommandContext): Promise<BlockedPerson> {
    const session = await this.sessions.of(of, context);
    const { exists, jid, ...person } = await this.personOf(session, text);
    if (!exists) throw new DomainError('refused', 'not_on_whatsapp', 'WhatsApp does not know this number');
    await this.messenger.accounts.setBlocked(session.sessionId, jid, true);
    await this.record(session, person, true, context);
    return person;
  }

  /** Does nothing where the person is not blocked. @throws {DomainError} `invalid_recipient` @throws as `LinkedSessions.of` does, and {QueryFailed} */
  async unblock(of: Of, text: string, context: CommandContext): Promise<void> {
    const session = await this.sessions.of(of, context);
    const person = await this.personOf(session, text);
    const blocked = await this.messenger.accounts.blocked(session.sessionId);
    const found = blocked.find((each) => isSame(each, person));
    if (!found) return;
    await this.messenger.accounts.setBlocked(session.sessionId, found.lid ?? found.jid, false);
    const { phoneNumber, lid } = found;
    await this.record(session, { phoneNumber: phoneNumber ?? person.phoneNumber, lid }, false, context);
  }

  private async personOf(
    { sessionId }: LinkedSession,
    text: string,
  ): Promise<BlockedPerson & { readonly exists: boolean; readonly jid: string }> {
    const named = parseNamedRecipient(text);
    if (named?.kind === 'lid') return { exists: true, jid: named.jid, phoneNumber: null, lid: named.jid };
    if (named?.kind !== 'person') {
      throw new DomainError('refused', 'invalid_recipient', 'Must be a phone number, or the address of a person');
    }
    const { phoneNumber } = named;
    const { exists, jid, lid } = answerFor(phoneNumber, await this.messenger.checkNumbers(sessionId, [phoneNumber]));
    return { exists, jid: jid ?? jidOf(phoneNumber), phoneNumber, lid };
  }

  private async record(
    session: LinkedSession,
    person: BlockedPerson,
    isBlocked: boolean,
    context: CommandContext,
  ): Promise<void> {
    const data = { ...session, person, isBlocked, at: new Date().toISOString() };
    await this.commands.execute<RecordBlock>({ type: 'RecordBlock', data }, context);
  }
}
