import { Inject, Injectable } from '@nestjs/common';
import { keyedQueue } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { NotConnected, type WhatsAppConnections } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { LOG } from '../../platform/tokens.js';
import type { RecordSessionDisconnected, RecordSessionInterrupted } from '../session.contract.js';
import { isToConnect } from '../session.rules.js';
import { WHATSAPP } from '../whatsapp.contract.js';
import { ConnectionStatuses } from '../whatsapp/connection-statuses.js';
import { SessionStates } from './session-states.js';

/**
 * The only place where connections are started and ended: one thing at a time for each session, and each only while the log asks for it.
 * So whatever comes late, or again after a crash, does no harm.
 */
@Injectable()
export class ConnectionSupervisor {
  private readonly bySession = keyedQueue();

  constructor(
    @Inject(WHATSAPP) private readonly whatsapp: WhatsAppConnections,
    @Inject(LOG) private readonly log: Log,
    private readonly states: SessionStates,
    private readonly connections: ConnectionStatuses,
    private readonly commands: CommandBus,
  ) {}

  /**
   * Begins to connect; with `anew`, after it ended the connection that is there. False where the session is not to connect, or could not
   * begin to: that is recorded. @throws {NotConnected} the service is ending.
   */
  start(context: CommandContext, sessionId: string, { anew = false } = {}): Promise<boolean> {
    return this.bySession.run(sessionId, async () => {
      const session = await this.states.now(sessionId);
      if (!('linked' in session) || !isToConnect(session.status)) return false;
      const { linked, mustUnlink, pairByCode, starts } = session;
      const hasNone = !this.whatsapp.connection(sessionId);
      if (!linked && (anew || (mustUnlink && hasNone))) await this.endOldLink(sessionId);
      if (anew) await this.whatsapp.stop(sessionId);
      if (!this.whatsapp.connection(sessionId)) this.connections.begin(sessionId, starts);
      try {
        await this.whatsapp.start(sessionId, linked || pairByCode === null ? {} : { pairByCode });
        return true;
      } catch (error) {
        if (error instanceof NotConnected) throw error;
        this.log.error({ err: error, sessionId }, 'A session could not be started');
        await this.commands.execute(notStarted(sessionId, starts), context);
        return false;
      }
    });
  }

  /** Says that the connection of a former process is gone, unless there is one in this process. */
  interrupt(context: CommandContext, sessionId: string): Promise<void> {
    return this.bySession.run(sessionId, async () => {
      if (this.whatsapp.connection(sessionId)) return;
      const data = { sessionId, at: new Date().toISOString() };
      const command: RecordSessionInterrupted = { type: 'RecordSessionInterrupted', data };
      await this.commands.execute(command, context);
    });
  }

  stop(sessionId: string): Promise<void> {
    return this.bySession.run(sessionId, async () => {
      const { status } = await this.states.now(sessionId);
      if (!isToConnect(status)) await this.whatsapp.stop(sessionId);
    });
  }

  unlink(sessionId: string): Promise<void> {
    return this.whenUnlinked(sessionId, () => this.endLink(sessionId));
  }

  forget(sessionId: string): Promise<void> {
    return this.whenUnlinked(sessionId, () => this.whatsapp.forget(sessionId));
  }

  private whenUnlinked(sessionId: string, work: () => Promise<void>): Promise<void> {
    return this.bySession.run(sessionId, async () => {
      const { status } = await this.states.now(sessionId);
      if (status === 'logged_out' || status === 'deleted') await work();
    });
  }

  /** A session that was logged out and started again at once may still have its link, the more so where a crash came in between. */
  private async endOldLink(sessionId: string): Promise<void> {
    if ((await this.whatsapp.linkedSessions()).includes(sessionId)) await this.endLink(sessionId);
  }

  private async endLink(sessionId: string): Promise<void> {
    const { unlinked } = await this.whatsapp.logout(sessionId);
    if (!unlinked) this.log.info({ sessionId }, 'A session was ended without WhatsApp: its phone may still list it');
  }
}

const notStarted = (sessionId: string, start: number): RecordSessionDisconnected => ({
  type: 'RecordSessionDisconnected',
  data: {
    sessionId,
    reason: 'not_started',
    code: null,
    detail: 'The service could not start the connection: its operator finds the cause in the log.',
    retry: 'later',
    chance: Math.random(),
    start,
    at: new Date().toISOString(),
  },
});
