import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import { disconnects, type Disconnect } from '../disconnects.js';
import { ConnectionLost, NotConnected, QueryFailed, SendFailed } from '../errors.js';
import type { ConnectionState, OutgoingMessage, Proxy, StartOptions } from '../port.js';
import type { Account, Report } from '../reports.js';
import { AccountKnowledge } from './account-knowledge.js';
import { accountOf } from './account.js';
import { Addressing } from './addressing.js';
import { AppStateVersions } from './app-state-versions.js';
import { CancelableWaits } from './cancelable-waits.js';
import type { ConnectionParts } from './connection-parts.js';
import { SessionCredentials } from './credentials/session-credentials.js';
import { DeviceLists } from './device-lists.js';
import type { KnownGroups } from './groups/known-groups.js';
import { IncomingStanzas } from './incoming-stanzas.js';
import { Liveness } from './liveness.js';
import { withNumbers } from './mentions.js';
import { baileysLogger } from './logger.js';
import { findSentIn, messageForRetry } from './message-for-retry.js';
import { messageBuilder } from './outgoing-messages.js';
import { OutgoingFrames } from './outgoing-frames.js';
import { FormerName } from './own-name.js';
import { requestPairingCode } from './pairing-code.js';
import { PairingQr } from './pairing-qr.js';
import { PairingWindow } from './pairing-window.js';
import { ping } from './ping.js';
import { receivedSecrets } from './received-secrets.js';
import { removeDevice } from './remove-device.js';
import { SendQueue, type BuildOwn } from './send-queue.js';
import { SessionRenewals } from './session-renewals.js';
import { openSocket } from './socket.js';
import { closeSocket, listenTo, type PassedStanza, type PassToBaileys } from './socket-events.js';
import { ackFromStanza } from './stanzas.js';
import { StatusRetries } from './status-retries.js';

type SocketState = {
  readonly socket: WASocket;
  readonly queue: SendQueue;
  readonly liveness: Liveness;
  readonly groups: KnownGroups;
};

/** One connection of one session, from start to end. Linking is part of it, with the second socket that this takes. */
export class Connection {
  private state: ConnectionState['state'] | 'ended' = 'connecting';
  private endedBy: Disconnect | undefined;
  private readonly waits = new CancelableWaits();
  private setOpened!: () => void;
  private readonly opened = new Promise<void>((resolve) => (this.setOpened = resolve));
  private readonly pairing: PairingWindow;
  private readonly incoming: IncomingStanzas;
  private pairingQr: PairingQr | undefined;
  private wasJustLinked = false;
  private socketState: SocketState | undefined;
  private account: Account | undefined;
  private credentials: SessionCredentials | undefined;
  private proxy: Proxy | undefined;

  constructor(
    private readonly parts: ConnectionParts,
    { pairByCode }: StartOptions,
  ) {
    this.pairing = new PairingWindow(pairByCode, parts.timing.qrLifetimeMs);
    this.incoming = new IncomingStanzas({
      journal: parts.journal,
      secrets: receivedSecrets(parts.options.key, parts.sessionId),
      account: () => this.account,
      isOver: () => this.hasEnded || parts.confirmsNothing === true,
      report: (report) => this.reportDurably(withNumbers(report, (jid) => this.socketState?.groups.known(jid))),
      logger: baileysLogger(parts.sessionId, parts.options.log),
    });
  }

  /** Rejects when the credentials cannot be read; nothing was reported then. */
  async open(): Promise<void> {
    const credentials = await this.loadCredentials();
    if (this.hasEnded) return;
    // Needed from the start: messages that waited at WhatsApp may arrive before the connection counts as open.
    if (credentials.isLinked) this.account = accountOf(credentials.creds);
    await this.incoming.reportEarlierArrivals();
    if (this.hasEnded) return;
    this.report({ kind: 'connecting' });
    this.openSocket(credentials);
  }

  /** Connects a linked session only to unlink it. False where it is not linked, or WhatsApp did not confirm in time. */
  async connectToUnlink(): Promise<boolean> {
    const credentials = await this.loadCredentials();
    if (this.hasEnded || !credentials.isLinked) return false;
    this.account = accountOf(credentials.creds);
    this.openSocket(credentials);
    return this.unlink();
  }

  get current(): ConnectionState | undefined {
    if (this.state === 'ended') return undefined;
    return { state: this.state, lastSeenAt: this.socketState?.liveness.lastSeenAt ?? null };
  }

  private get hasEnded(): boolean {
    return this.state === 'ended';
  }

  async send(message: OutgoingMessage): Promise<string> {
    if (this.state === 'open' && this.socketState) return this.socketState.queue.send(message);
    throw new SendFailed({ kind: 'not_sent' }, `Session ${this.parts.sessionId} is not connected to WhatsApp`);
  }

  /** Queries the server through the open socket. Rejects with `ConnectionLost` when the connection ends before the answer. */
  async query<Answer>(ask: (socket: WASocket) => Promise<Answer>): Promise<Answer> {
    if (this.state !== 'open' || !this.socketState) throw new NotConnected(this.parts.sessionId);
    return this.waits.for(ask(this.socketState.socket));
  }

  /** Unlinks the device as soon as the connection is open; false where WhatsApp did not confirm in time. */
  async unlink(): Promise<boolean> {
    const jid = this.account?.jid ?? '';
    const confirmed = this.opened.then(() => this.query((socket) => removeDevice(socket, jid)));
    const timedOut = () => new QueryFailed(null, 'WhatsApp did not answer in time');
    try {
      await this.waits.for(confirmed, { ms: this.parts.timing.unlinkTimeoutMs, error: timedOut });
      return true;
    } catch (error) {
      if (this.endedBy?.reason === 'logged_out') return true; // WhatsApp ended the connection instead of confirming
      this.parts.options.log.warn({ err: error, sessionId: this.parts.sessionId }, 'WhatsApp did not confirm a logout');
      return false;
    }
  }

  /** Ends a connection that has timed out, and otherwise pings when it is time to. `now` is of the monotonic clock, in milliseconds. */
  check(now: number): void {
    if (this.state === 'ended' || !this.socketState) return;
    const { socket, liveness } = this.socketState;
    const { loginTimeoutMs, keepAliveTimeoutMs } = this.parts.timing;
    const isLoggingIn = this.state === 'connecting' && !this.pairing.isOpen;
    if (liveness.isSilent(now)) this.end(disconnects.silent);
    else if (this.pairing.hasExpired(now - keepAliveTimeoutMs)) this.end(disconnects.pairingExpired);
    else if (isLoggingIn && liveness.ageMs(now) > loginTimeoutMs) this.end(disconnects.loginTimedOut);
    else if (liveness.takePing(now)) ping(socket);
  }

  /** Reports the end and closes the socket. Of several calls, only the first has an effect. */
  end(disconnect: Disconnect): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.endedBy = disconnect;
    this.credentials?.retire();
    this.waits.cancelAll(new ConnectionLost(this.parts.sessionId));
    this.socketState?.queue.end();
    this.parts.onEnd(this.socketState ? closeSocket(this.socketState.socket) : Promise.resolve());
    this.reportDurably({ kind: 'closed', disconnect }).catch(() => undefined); // it was logged
  }

  private async loadCredentials(): Promise<SessionCredentials> {
    const { sessionId, options } = this.parts;
    this.proxy = await options.proxies(sessionId);
    return (this.credentials = await SessionCredentials.load(sessionId, options.credentials, options.log));
  }

  private openSocket(credentials: SessionCredentials): void {
    const { sessionId, options, timing } = this.parts;
    const build = messageBuilder(sessionId, options, (jid) => groups.of(jid));
    const findSent = findSentIn(sessionId, options, build, () => this.account);
    const getMessage = messageForRetry(findSent, () => socket.signalRepository.lidMapping);
    const onStoreFailed = (error: unknown): void => {
      if (this.hasEnded) return;
      options.log.error({ err: error, sessionId }, 'The keys of a session could not be stored');
      this.end(disconnects.notStored);
    };
    const frames = new OutgoingFrames(onStoreFailed);
    const deviceLists = new DeviceLists(credentials, frames, onStoreFailed);
    const renewals = new SessionRenewals(credentials.keys);
    const onProxyFailed = ({ message }: Error): void => this.end(disconnects.proxyFailed(message));
    const passed: PassedStanza = { kind: null };
    const found = { passed, getMessage, proxy: this.proxy };
    const cachedGroupMetadata = (jid: string) => groups.find(jid);
    const versions = new AppStateVersions(credentials.keys);
    const known = { ...this.parts, credentials, versions, onStoreFailed, onProxyFailed };
    const socket = openSocket({ ...known, ...found, cachedGroupMetadata, frames, deviceLists, renewals });
    const isOver = (): boolean => this.hasEnded || this.socketState?.socket !== socket;
    const knowledge = new AccountKnowledge({
      socket,
      versions,
      reportedGroups: this.parts.reportedGroups,
      readRanges: this.parts.readRanges,
      isOver,
      account: () => this.account?.phoneNumber ?? '',
      report: (report: Report) => this.reportDurably(report),
      onFailure: (error: unknown) =>
        options.log.warn({ err: error, sessionId }, 'What is known of an account could not be read'),
    });
    const { groups } = knowledge;
    const buildOwn: BuildOwn = (message, upload) => build(message, this.account?.jid ?? '', upload);
    const queue = new SendQueue(socket, buildOwn, new Addressing(socket), timing.ackTimeoutMs);
    const liveness = new Liveness(performance.now(), timing);
    const logger = baileysLogger(sessionId, options.log);
    const statusRetries = new StatusRetries({ socket, findSent, account: () => this.account, isOver, logger });
    this.socketState = { socket, queue, liveness, groups };
    const formerName = new FormerName(socket);
    listenTo(socket, passed, {
      frameReceived: () => liveness.frameReceived(),
      credentialsChanged: () => {
        credentials.save();
        this.reportChangedName(credentials);
      },
      qr: (qr) => this.offerPairing(socket, qr),
      linked: () => {
        this.wasJustLinked = true;
        this.pairing.close();
        this.reportAccount('paired', credentials);
      },
      open: () => {
        this.state = 'open';
        this.setOpened();
        this.reportAccount('open', credentials);
        if (this.parts.confirmsNothing !== true) knowledge.opened();
      },
      closed: (disconnect) => {
        if (!this.wasJustLinked || disconnect.reason !== 'restart_required') return this.end(disconnect);
        this.wasJustLinked = false;
        this.openSocket(credentials);
      },
      messages: (upsert) => this.incoming.messages(upsert),
      history: (messages) => this.incoming.history(messages),
      messageStanza: (stanza, passToBaileys) => this.incoming.messageStanza(stanza, formerName.without(passToBaileys)),
      receiptStanza: (stanza, passToBaileys) =>
        this.incoming.receiptStanza(stanza, (passed) =>
          renewals.during(passed, () => statusRetries.before(passed, passToBaileys)),
        ),
      notificationStanza: (stanza, passToBaileys) => {
        const pass: PassToBaileys = (notice) => knowledge.notified(notice, passToBaileys);
        this.incoming.notificationStanza(stanza, pass, async () => {
          if (stanza.attrs['type'] === 'companion_reg_refresh') this.renewQr();
          await deviceLists.notified(stanza).catch(onStoreFailed);
        });
      },
      callStanza: (stanza, passToBaileys) => this.incoming.calls.stanza(stanza, passToBaileys),
      ackStanza: (stanza) => {
        deviceLists.acknowledged(stanza).catch(onStoreFailed);
        knowledge.acknowledged(stanza);
        this.acknowledge(queue, stanza);
      },
    });
  }

  private acknowledge(queue: SendQueue, stanza: BinaryNode): void {
    const ack = ackFromStanza(stanza);
    if (!ack) return;
    const whatsappId = ack.kind === 'refused' ? ack.whatsappId : ack.receipt.whatsappIds[0]!;
    if (!queue.acknowledge(whatsappId, ack)) this.report(ack);
  }

  private offerPairing(socket: WASocket, qr: string): void {
    const offer = this.pairing.next(performance.now());
    if (!offer) return;
    const expiresAt = new Date(Date.now() + offer.validForMs).toISOString();
    if (offer.show === 'qr') {
      this.pairingQr = new PairingQr(socket.authState.creds);
      return this.report({ kind: 'qr', ...this.pairingQr.show({ qr, expiresAt }) });
    }
    requestPairingCode(socket, offer.phoneNumber).then(
      (code) => this.report({ kind: 'pairing_code', code, expiresAt }),
      (error: unknown) => {
        const code = error instanceof QueryFailed ? error.code : null;
        this.end(code === null ? disconnects.loginTimedOut : disconnects.pairingRefused(code));
      },
    );
  }

  private renewQr(): void {
    const renewed = this.pairing.isOpen ? this.pairingQr?.renew() : undefined;
    if (renewed) this.report({ kind: 'qr', ...renewed });
  }

  private reportAccount(kind: 'paired' | 'open' | 'renamed', { creds }: SessionCredentials): void {
    this.account = accountOf(creds);
    if (this.account) this.report({ kind, account: this.account });
  }

  private reportChangedName(credentials: SessionCredentials): void {
    const name = accountOf(credentials.creds)?.pushName;
    if (this.state === 'open' && name && name !== this.account?.pushName) this.reportAccount('renamed', credentials);
  }

  private report(report: Report): void {
    if (!this.hasEnded) this.reportDurably(report).catch(() => undefined); // it was logged
  }

  /** Resolves once the report is durable. */
  private async reportDurably(report: Report): Promise<void> {
    const { sessionId, options } = this.parts;
    try {
      await options.report(sessionId, report);
    } catch (error) {
      options.log.error({ err: error, sessionId, report: report.kind }, 'A report was not recorded');
      throw error;
    }
  }
}
