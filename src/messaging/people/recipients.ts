import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { isAddress, isOfPerson, parseNamedRecipient, readPhoneNumber, type Recipient } from '#lib/whatsapp';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { recipientOf } from '../send-message.rules.js';
import { addresses } from './addresses.projection.js';

/** Reads to whom a message is to be sent. */
@Injectable()
export class Recipients {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /**
   * A number that should not exist is accepted where WhatsApp has named it to one of the user's sessions.
   * @throws {DomainError} `invalid_recipient` @throws {ReadModelsUnavailable}
   */
  async of(to: string, userId: string): Promise<Recipient> {
    if (isAddress(to) || readPhoneNumber(to).problem === undefined) return recipientOf(to);
    const recipient = parseNamedRecipient(to);
    return recipient?.kind === 'person' && (await this.isNamed(recipient.phoneNumber, userId))
      ? recipient
      : recipientOf(to);
  }

  /** The jids of those who get a status post, each once. @throws {DomainError} `invalid_recipient` @throws {ReadModelsUnavailable} */
  async ofPost(recipients: readonly string[], userId: string): Promise<readonly string[]> {
    const jids = new Set<string>();
    for (const text of recipients) {
      const { jid } = await this.of(text, userId);
      if (!isOfPerson(jid)) {
        throw new DomainError(
          'refused',
          'invalid_recipient',
          'A status post is for people only: a group or channel does not get it',
        );
      }
      jids.add(jid);
    }
    return [...jids];
  }

  private async isNamed(phoneNumber: string, userId: string): Promise<boolean> {
    await this.views.fresh(addresses);
    const { data } = await this.stores.models.find(addresses, { where: { userId, phoneNumber }, limit: 1 });
    return data.length > 0;
  }
}
