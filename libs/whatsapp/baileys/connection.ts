import type { WASocket } from '@whiskeysockets/baileys';
import { disconnects, type Disconnect } from '../disconnects.js';
import { NotConnected, QueryFailed, SendFailed } from '../errors.js';
import type { ConnectionState, OutgoingMessage, StartOptions } from '../port.js';
import type { Account, Report } from '../reports.js';
import { accountOf } from './account.js';
import { SessionCredentials } from './credentials/session-credentials.js';
import type { BaileysOptions, Timing } from './options.js';
import type { Arrivals } from './arrivals.js';
import { Incoming } from './incoming.js';
import { baileysLogger } from './logger.js';
import { OutgoingFrames } from './outgoing-frames.js';
import { PairingWindow } from './pairing-window.js';
import { ping } from './ping.js';
import { repeatedMessage } from './repeated-message.js';
import { Sends } from './sends.js';
import { openSocket, type SocketMemory } from './socket.js';
import { hangUp, listenTo } from './socket-news.js';
import { ackFromStanza } from './stanzas.js';
import { Waits } from './waits.js';

/** Times are of the monotonic clock, in milliseconds, but for `lastSeenAt`, which is told to people. */
type SocketState = {
  readonly socket: WASocket;
  readonly sends: Sends;
  readonly openedAt: number;
  heardAt?: number;
  lastSeenAt: string | null;
  pingedAt?: number;
};

export type ConnectionParts = {
  readonly sessionId: string;
  readonly options: BaileysOptions;
  readonly timing: Timing;
  readonly memory: SocketMemory;
  readonly arrivals: Arrivals;
  /** Leave what comes to WhatsApp: somebody only takes leave. */
  readonly confirmsNothing?: boolean;
  /** Called before the end is reported; the socket is gone once the promise resolves. */
  readonly onEnd: (hangingUp: Promise<void>) => void;
};

/** One connection of one session, from start to end. Linking is part of it, with the second socket that this takes. */
export class Connection {
  private state: ConnectionState['state'] | 'ended' = 'connecting';
  private endedBy: Disconnect | undefined;
  private readonly waits = new Waits();
  private isOpen!: () => void;
  private readonly opened = new Promise<void>((resolve) => (this.isOpen = resolve));
  private readonly pairing: PairingWindow;
  private readonly incoming: Incoming;
  private linkedJustNow = false;
  private line: SocketState | undefined;
  private account: Account | undefined;
  private credentials: SessionCredentials | undefined;

  constructor(
    private readonly parts: ConnectionParts,
    { pairByCode }: StartOptions,
  ) {
    this.pairing = new PairingWindow(pairByCode, parts.timing.qr);
    this.incoming = new Incoming({
      arrivals: parts.arrivals,
      account: () => this.account,
      isOver: () => this.isOver || parts.confirmsNothing === true,
      tell: (report) => this.tell(report),
      logger: baileysLogger(parts.sessionId, parts.options.log),
    });
  }

  /** Rejects when the credentials cannot be read; then nothing was reported. */
  async begin(): Promise<void> {
    const { sessionId, options } = this.parts;
    this.credentials = await SessionCredentials.load(sessionId, options.credentials, options.log);
    if (this.isOver) return;
    // Known from the start: what waited at WhatsApp may come before it says that the line is open.
    if (this.credentials.isLinked) this.account = accountOf(this.credentials.creds);
    await this.incoming.catchUp();
    if (this.isOver) return;
    this.report({ kind: 'connecting' });
    this.open(this.credentials);
  }

  /** Connects a linked session only to unlink it. False where there is none, or WhatsApp could not be told in time. */
  async takeLeave(): Promise<boolean> {
    const { sessionId, options } = this.parts;
    const credentials = await SessionCredentials.load(sessionId, options.credentials, options.log);
    if (this.isOver || !credentials.isLinked) return false;
    this.credentials = credentials;
    this.account = accountOf(credentials.creds);
    this.open(credentials);
    return this.unlink();
  }

  get current(): ConnectionState | undefined {
    if (this.state === 'ended') return undefined;
    return { state: this.state, lastSeenAt: this.line?.lastSeenAt ?? null };
  }

  private get isOver(): boolean {
    return this.state === 'ended';
  }

  async send(message: OutgoingMessage): Promise<string> {
    if (this.state === 'open' && this.line) return this.line.sends.send(message);
    throw new SendFailed({ kind: 'not_sent' }, `Session ${this.parts.sessionId} is not connected to WhatsApp`);
  }

  /** Does something with the open socket, which may never answer: the end of the connection ends the wait. */
  async ask<Answer>(question: (socket: WASocket) => Promise<Answer>): Promise<Answer> {
    if (this.state !== 'open' || !this.line) throw new NotConnected(this.parts.sessionId);
    return this.waits.until(question(this.line.socket));
  }

  /** Unlinks the device, once the line is open; false where WhatsApp could not be told in time. */
  async unlink(): Promise<boolean> {
    const jid = this.account?.jid ?? '';
    const content = [{ tag: 'remove-companion-device', attrs: { jid, reason: 'user_initiated' } }];
    const removal = { tag: 'iq', attrs: { to: '@s.whatsapp.net', type: 'set', xmlns: 'md' }, content };
    const telling = this.opened.then(() => this.ask((socket) => socket.query(removal)));
    const late = () => new QueryFailed(null, 'WhatsApp did not answer in time');
    try {
      await this.waits.until(telling, { ms: this.parts.timing.leave, else: late });
      return true;
    } catch (error) {
      if (this.endedBy?.reason === 'logged_out') return true; // the answer was to be thrown out
      this.parts.options.log.warn(
        { err: error, sessionId: this.parts.sessionId },
        'WhatsApp could not be told of a logout',
      );
      return false;
    }
  }

  /** Sends a ping where it is due, and ends a connection that is dead or stuck. `now` is of the monotonic clock, in milliseconds. */
  examine(now: number): void {
    if (this.state === 'ended' || !this.line) return;
    const { login, keepAlive, grace } = this.parts.timing;
    const { socket, openedAt, pingedAt = openedAt } = this.line;
    const isStuck = this.state === 'connecting' && !this.pairing.isOpen && now - openedAt > login;
    if (this.isDead(this.line, now)) this.end(disconnects.silent);
    else if (this.pairing.isOver(now - grace)) this.end(disconnects.pairingExpired);
    else if (isStuck) this.end(disconnects.loginTimedOut);
    else if (this.line.heardAt !== undefined && now - pingedAt >= keepAlive) {
      this.line.pingedAt = now;
      ping(socket);
    }
  }

  /** The server has not said a word since the socket was opened, or since a ping. Some failures give no other sign. */
  private isDead({ openedAt, heardAt, pingedAt }: SocketState, now: number): boolean {
    const { connect, grace } = this.parts.timing;
    if (heardAt === undefined) return now - openedAt > connect + grace;
    return pingedAt !== undefined && heardAt < pingedAt && now - pingedAt > grace;
  }

  /** Reports the end, and hangs up. The first reason counts. */
  end(disconnect: Disconnect): void {
    if (this.state === 'ended') return;
    const socket = this.line?.socket;
    this.state = 'ended';
    this.endedBy = disconnect;
    this.credentials?.retire();
    this.waits.end(new NotConnected(this.parts.sessionId));
    this.line?.sends.end();
    this.parts.onEnd(socket ? hangUp(socket) : Promise.resolve());
    this.announce({ kind: 'closed', disconnect });
  }

  private open(credentials: SessionCredentials): void {
    const { sessionId, options, timing } = this.parts;
    const getMessage = repeatedMessage(sessionId, options, () => this.account);
    const frames = new OutgoingFrames((error) => {
      options.log.error({ err: error, sessionId }, 'The keys of a session could not be stored');
      this.end(disconnects.notStored);
    });
    const socket = openSocket({ ...this.parts, credentials, frames, getMessage });
    const line: SocketState = {
      socket,
      sends: new Sends(socket, timing.ack),
      openedAt: performance.now(),
      lastSeenAt: null,
    };
    this.line = line;
    listenTo(socket, {
      heard: () => {
        line.heardAt = performance.now();
        line.lastSeenAt = new Date().toISOString();
      },
      credentialsChanged: () => {
        credentials.save();
        this.noticeName(credentials);
      },
      qr: (qr) => this.offerPairing(socket, qr),
      linked: () => {
        this.linkedJustNow = true;
        this.pairing.close();
        this.reportAccount('paired', credentials);
      },
      open: () => {
        this.state = 'open';
        this.isOpen();
        this.reportAccount('open', credentials);
      },
      closed: (disconnect) => {
        if (!this.linkedJustNow || disconnect.reason !== 'restart_required') return this.end(disconnect);
        this.linkedJustNow = false;
        this.open(credentials);
      },
      messages: (upsert) => this.incoming.messages(upsert),
      message: (stanza, proceed) => this.incoming.message(stanza, proceed),
      receipt: (stanza, proceed) => this.incoming.receipt(stanza, proceed),
      ack: (stanza) => {
        const ack = ackFromStanza(stanza);
        if (!ack) return;
        const whatsappId = ack.kind === 'refused' ? ack.whatsappId : ack.receipt.whatsappIds[0]!;
        if (!line.sends.answered(whatsappId, ack)) this.report(ack);
      },
    });
  }

  private offerPairing(socket: WASocket, qr: string): void {
    const next = this.pairing.next(performance.now());
    if (!next) return;
    const expiresAt = new Date(Date.now() + next.validForMs).toISOString();
    if (next.show === 'qr') return this.report({ kind: 'qr', qr, expiresAt });
    socket.requestPairingCode(next.phoneNumber.slice(1)).then(
      (code) => this.report({ kind: 'pairing_code', code, expiresAt }),
      (error: unknown) => {
        const { sessionId, options } = this.parts;
        options.log.warn({ err: error, sessionId }, 'No pairing code could be asked for');
        this.end(disconnects.loginTimedOut);
      },
    );
  }

  private reportAccount(kind: 'paired' | 'open' | 'renamed', { creds }: SessionCredentials): void {
    this.account = accountOf(creds);
    if (this.account) this.report({ kind, account: this.account });
  }

  private noticeName(credentials: SessionCredentials): void {
    const name = accountOf(credentials.creds)?.pushName;
    if (this.state === 'open' && name && name !== this.account?.pushName) this.reportAccount('renamed', credentials);
  }

  private report(report: Report): void {
    if (this.state !== 'ended') this.announce(report);
  }

  private announce(report: Report): void {
    this.tell(report).catch(() => undefined);
  }

  private async tell(report: Report): Promise<void> {
    const { sessionId, options } = this.parts;
    try {
      await options.report(sessionId, report);
    } catch (error) {
      options.log.error({ err: error, sessionId, report: report.kind }, 'A report was not recorded');
      throw error;
    }
  }
}
