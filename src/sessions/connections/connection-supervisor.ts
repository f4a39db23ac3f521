import { Inject, Injectable } from '@nestjs/common';
import { keyedQueue, Transient } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { NotConnected, type WhatsAppConnections } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Restoration } from '../../platform/restoration/restoration.js';
import { Streams } from '../../platform/streams/streams.js';
import { LOG } from '../../platform/tokens.js';
import type { RecordSessionDisconnected, RecordSessionInterrupted } from '../session.commands.js';
import { sessionDecider } from '../session.decider.js';
import { isLive, isWaitingFor, type LiveSession, type SessionState } from '../session-state.rules.js';
import { mustWait } from '../reconnect.rules.js';
import { shouldBeConnected } from '../session.rules.js';
import { ConnectionStarts } from '../whatsapp/connection-starts.js';
import { WHATSAPP } from '../whatsapp/tokens.js';

/** The account may be connected to the original: nothing is told to WhatsApp before an admin says that it is gone. */
class CopyIsHeld extends Transient {
  override readonly name = 'CopyIsHeld';
}

/**
 * The only place where connections are started and ended: one thing at a time for each session, and only while the session's stream asks
 * for it. So commands that come late, or again after a crash, do no harm. All of them throw {Transient} while stores or credentials cannot
 * be used: they are to be tried again. A restored copy that waits for an admin connects none of them.
 */
@Injectable()
export class ConnectionSupervisor {
  private readonly bySession = keyedQueue();

  constructor(
    @Inject(WHATSAPP) private readonly whatsapp: WhatsAppConnections,
    @Inject(LOG) private readonly log: Log,
    private readonly streams: Streams,
    private readonly starts: ConnectionStarts,
    private readonly commands: CommandBus,
    private readonly restoration: Restoration,
  ) {}

  /**
   * Connects a session for one of its starts, after ending the connection of an earlier start. Does nothing where that is not the present
   * start, or was connected before. A failure to begin is recorded. @throws {NotConnected} the service is ending.
   */
  async start(context: CommandContext, sessionId: string, start: number): Promise<void> {
    await this.connect(context, sessionId, (session) => session.start === start && session.status !== 'reconnecting');
  }

  /** The same for a session that waits for this time (ISO 8601) to connect again; one that waits for another time is left alone. */
  async reconnect(context: CommandContext, sessionId: string, dueAt: string): Promise<void> {
    await this.connect(context, sessionId, (session) => isWaitingFor(session, dueAt));
  }

  /**
   * The same for a session that a former process was to connect, unless it still has to wait for its next attempt. Resolves with whether
   * it begins to connect.
   */
  restore(context: CommandContext, sessionId: string): Promise<boolean> {
    return this.connect(context, sessionId, (session) => !mustWait(session, Date.now()));
  }

  /** Records that the connection of a former process is gone, unless there is one in this process. */
  interrupt(context: CommandContext, sessionId: string): Promise<void> {
    return this.bySession.run(sessionId, async () => {
      if (this.whatsapp.connection(sessionId)) return;
      const data = { sessionId, at: new Date().toISOString() };
      const command: RecordSessionInterrupted = { type: 'RecordSessionInterrupted', data };
      await this.commands.execute(command, context);
    });
  }

  /** Does to a connection what the settings of its session say now. `isNew`: nothing was done to it yet. */
  configure(sessionId: string, isNew: boolean): Promise<void> {
    return this.bySession.run(sessionId, async () => {
      const session = await this.stateOf(sessionId);
      if (!isLive(session) || this.whatsapp.connection(sessionId)?.state !== 'open') return;
      const { presence } = session.settings;
      if (isNew && presence === 'offline') return; // as every connection begins
      await this.whatsapp.setPresence(sessionId, presence).catch((error: unknown) => {
        if (!(error instanceof NotConnected)) throw error;
      });
    });
  }

  stop(sessionId: string): Promise<void> {
    return this.bySession.run(sessionId, async () => {
      const { status } = await this.stateOf(sessionId);
      if (!shouldBeConnected(status)) await this.whatsapp.stop(sessionId);
    });
  }

  unlink(sessionId: string): Promise<void> {
    return this.whenUnlinked(sessionId, () => this.endLink(sessionId));
  }

  forget(sessionId: string): Promise<void> {
    return this.whenUnlinked(sessionId, () => this.whatsapp.forget(sessionId));
  }

  private async stateOf(sessionId: string): Promise<SessionState> {
    return (await this.streams.state(sessionDecider, sessionId)).state;
  }

  private connect(
    context: CommandContext,
    sessionId: string,
    isAsked: (session: LiveSession) => boolean,
  ): Promise<boolean> {
    return this.bySession.run(sessionId, async () => {
      if (this.restoration.isHeld) return false;
      const session = await this.stateOf(sessionId);
      if (!isLive(session) || !shouldBeConnected(session.status) || !isAsked(session)) return false;
      const { linked, mustUnlink, pairByCode, start } = session;
      const isConnected = this.whatsapp.connection(sessionId) !== undefined;
      if (isConnected && this.starts.of(sessionId) === start) return false;
      if (!linked && (isConnected || mustUnlink)) await this.endOldLink(sessionId);
      if (isConnected) await this.whatsapp.stop(sessionId);
      this.starts.begin(sessionId, start);
      try {
        await this.whatsapp.start(sessionId, linked || pairByCode === null ? {} : { pairByCode });
        return true;
      } catch (error) {
        if (error instanceof NotConnected) throw error;
        this.log.error({ err: error, sessionId }, 'A session could not be started');
        await this.commands.execute(notStarted(sessionId, start), context);
        return false;
      }
    });
  }

  private whenUnlinked(sessionId: string, work: () => Promise<void>): Promise<void> {
    return this.bySession.run(sessionId, async () => {
      const { status } = await this.stateOf(sessionId);
      if (status !== 'logged_out' && status !== 'deleted') return;
      if (this.restoration.isHeld) throw new CopyIsHeld('This is a restored copy: it unlinks sessions once it goes on');
      await work();
    });
  }

  /** A session that was started again right after its logout may still have its link, also because of a crash in between. */
  private async endOldLink(sessionId: string): Promise<void> {
    if ((await this.whatsapp.linkedSessions()).includes(sessionId)) await this.endLink(sessionId);
  }

  private async endLink(sessionId: string): Promise<void> {
    const { unlinked } = await this.whatsapp.logout(sessionId);
    if (!unlinked)
      this.log.info(
        { sessionId },
        'A session was removed while WhatsApp could not be reached: its phone may still list it',
      );
  }
}

const notStarted = (sessionId: string, start: number): RecordSessionDisconnected => ({
  type: 'RecordSessionDisconnected',
  data: {
    sessionId,
    reason: 'not_started',
    code: null,
    detail: 'The service could not start the connection: the log says why.',
    retry: 'later',
    chance: Math.random(),
    start,
    at: new Date().toISOString(),
  },
});
