import { Inject, Injectable } from '@nestjs/common';
import type { Profile } from '#lib/whatsapp';
import { MEDIA_LIBRARY, type MediaLibrary } from '../media/media-library.contract.js';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { GetSession } from '../sessions/session-view.contract.js';
import type { ProfileChange, RecordProfileChange } from '../sessions/session.contract.js';
import { MESSENGER, type Messenger } from '../sessions/whatsapp.contract.js';

type Of = { readonly sessionId: string; readonly userId: string };

/** Reads and changes what the account of a session shows of itself. */
@Injectable()
export class ProfileService {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** As WhatsApp has it. @throws {DomainError} `session_not_found` @throws {NotConnected} @throws {QueryFailed} */
  async find({ sessionId, userId }: Of, context: CommandContext): Promise<Profile> {
    await this.queries.execute<GetSession>({ type: 'GetSession', data: { sessionId, userId } }, context);
    return this.messenger.accounts.profile(sessionId);
  }

  /**
   * Each part is a question of its own, and recorded once WhatsApp has taken it: where one fails, those before are done.
   * @throws {DomainError} `session_not_found`, `media_not_found`, `media_type_refused` @throws {NotConnected} @throws {QueryFailed}
   */
  async change(of: Of, change: ProfileChange, context: CommandContext): Promise<Profile> {
    const { sessionId, userId } = of;
    await this.queries.execute<GetSession>({ type: 'GetSession', data: { sessionId, userId } }, context);
    const { accounts } = this.messenger;
    const { name, about, pictureMediaId } = change;
    const picture = pictureMediaId ? await this.library.squareOf(userId, pictureMediaId) : null;
    if (name !== undefined) {
      await accounts.setName(sessionId, name);
      await this.record(of, { name }, context);
    }
    if (about !== undefined) {
      await accounts.setAbout(sessionId, about);
      await this.record(of, { about }, context);
    }
    if (pictureMediaId !== undefined) {
      await accounts.setPicture(sessionId, picture);
      await this.record(of, { pictureMediaId }, context);
    }
    return accounts.profile(sessionId);
  }

  private async record(of: Of, change: ProfileChange, context: CommandContext): Promise<void> {
    const data = { ...of, change, at: new Date().toISOString() };
    await this.commands.execute<RecordProfileChange>({ type: 'RecordProfileChange', data }, context);
  }
}
