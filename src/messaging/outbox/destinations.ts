import { Injectable } from '@nestjs/common';
import { jidOf, parseAddress, type OutgoingMessage } from '#lib/whatsapp';
import type { AcceptedMessage } from '../message.contract.js';
import { NumberChecks } from './number-checks.js';

type Addressed = Pick<AcceptedMessage, 'userId' | 'sessionId' | 'chatId' | 'account' | 'chat' | 'recipients'>;

/** Where a message goes on WhatsApp. */
export type Destination = Pick<OutgoingMessage, 'to' | 'recipients'> & {
  /** The jids of recipients of a status post who are not on WhatsApp. */
  readonly leftOut?: readonly string[];
};

/** Finds out at which addresses WhatsApp reaches those to whom a message goes. Only phone numbers need to be looked up. */
@Injectable()
export class Destinations {
  constructor(private readonly checks: NumberChecks) {}

  /**
   * Undefined where nobody is there: the number, or none of the recipients of a status post, is on WhatsApp.
   * @throws {NotConnected | QueryFailed | StoreUnavailable}
   */
  async of(message: Addressed): Promise<Destination | undefined> {
    if (message.recipients) return this.ofPost(message, message.recipients);
    const recipient = parseAddress(message.chat);
    if (recipient?.kind !== 'person') return { to: message.chat };
    const { jid } = await this.checks.of(message, recipient.phoneNumber);
    return jid === null ? undefined : { to: jid };
  }

  private async ofPost(message: Addressed, recipients: readonly string[]): Promise<Destination | undefined> {
    const numbers = recipients.flatMap((jid) => {
      const recipient = parseAddress(jid);
      return recipient?.kind === 'person' ? recipient.phoneNumber : [];
    });
    const checks = await this.checks.ofAll(message, numbers);
    const byLid = recipients.filter((jid) => parseAddress(jid)?.kind === 'lid');
    const reached = [...byLid, ...checks.flatMap(({ jid }) => jid ?? [])];
    if (reached.length === 0) return undefined;
    const leftOut = checks.flatMap(({ jid, phoneNumber }) => (jid === null ? jidOf(phoneNumber) : []));
    return { to: message.chat, recipients: reached, ...(leftOut.length > 0 && { leftOut }) };
  }
}
