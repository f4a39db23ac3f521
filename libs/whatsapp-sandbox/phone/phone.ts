import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { chatWith, type DeviceAddress } from '../network/address.js';
import type { Companion } from '../network/companion.js';
import type { Device, Envelope, KeyBundle, DeviceReceipt } from '../network/mail.js';
import type { Network } from '../network/network.js';
import type { proto } from '../transport/wire.js';
import { Activities } from './activities.js';
import { AddressBook } from './address-book.js';
import { PhoneBlocks } from './blocks.js';
import { PhoneCalls } from './calls.js';
import { PhoneChannels } from './channels.js';
import { ChatLookup } from './chat-lookup.js';
import { ChatMarks } from './chat-marks.js';
import { PhoneFiles } from './files.js';
import { PhoneGroups } from './groups.js';
import { historyAnswer } from './history-request.js';
import { Inbox, type InboxSnapshot, type PhoneMessage } from './inbox.js';
import { PhoneKeys, type PhoneKeysSnapshot } from './keys.js';
import { linkedDevice, type LinkedDevice } from './linked-device.js';
import { linkByCode, linkByQr } from './linking.js';
import { PhonePresence } from './presence.js';
import { PhoneProfile } from './profile.js';
import { ReceiveQueue, type ReceiveQueueSnapshot } from './receive-queue.js';
import { ReceiptSender, type ReceivedMessage } from './receipt-sender.js';
import { Receiver } from './receiving.js';
import { SenderKeys, type SenderKeysSnapshot } from './sender-keys.js';
import { tellRestrictions } from './restrictions.js';
import { Sender, type SendableMessage } from './sending.js';
import { changeSettings, defaultSettings, type PhoneSettings } from './settings.js';
import { SignalSessions, type SignalSnapshot } from './signal/sessions.js';
import { initialSyncMessages } from './initial-sync.js';
import { placeholderAnswer } from './placeholders.js';

export type PhoneSnapshot = {
  readonly settings: PhoneSettings;
  readonly keys: PhoneKeysSnapshot;
  readonly signal: SignalSnapshot;
  readonly senderKeys: SenderKeysSnapshot;
  readonly inbox: InboxSnapshot;
  readonly mailbag: ReceiveQueueSnapshot;
};

type Vote = Omit<Extract<SendableMessage, { type: 'vote' }>, 'to' | 'type'>;

/** A virtual phone with its own keys: links clients, sends, receives, decrypts and confirms messages. */
export class Phone implements Device {
  readonly address: DeviceAddress;
  readonly keyIndex = 0;
  /** Its groups. */
  readonly groups: PhoneGroups;
  readonly channels: PhoneChannels;
  readonly profile: PhoneProfile;
  readonly blocks: PhoneBlocks;
  readonly addressBook: AddressBook;
  readonly chatMarks: ChatMarks;
  readonly presence: PhonePresence;
  readonly activities = new Activities();
  /** Those of its messages. */
  readonly files: PhoneFiles;
  readonly calls: PhoneCalls;
  readonly #keys: PhoneKeys;
  readonly #signal: SignalSessions;
  readonly #senderKeys: SenderKeys;
  readonly #inbox: Inbox;
  readonly #receiveQueue: ReceiveQueue;
  readonly #receipts: ReceiptSender;
  readonly #sender: Sender;
  readonly #listeners = new Set<(message: PhoneMessage) => void>();
  #settings: PhoneSettings;

  constructor(
    readonly account: SandboxAccount,
    private readonly network: Network,
    snapshot?: PhoneSnapshot,
  ) {
    const { number } = account;
    this.address = { number, device: 0 };
    this.#settings = { ...defaultSettings, ...snapshot?.settings };
    this.#keys = new PhoneKeys(snapshot?.keys);
    this.#signal = new SignalSessions(this.#keys, snapshot?.signal);
    this.#senderKeys = new SenderKeys(snapshot?.senderKeys);
    const { limits } = network.parts;
    this.#inbox = new Inbox(limits.messagesPerPhone, limits.messageBytesPerPhone, snapshot?.inbox);
    this.#receipts = new ReceiptSender(this.address, this.#keys.registrationId, network, () => this.#settings);
    const parts = { network, signal: this.#signal, senderKeys: this.#senderKeys, inbox: this.#inbox };
    this.#sender = new Sender({ ...parts, account, chats: new ChatLookup(account, network, this.#inbox) });
    const receiver = new Receiver({
      ...parts,
      number,
      keys: this.#keys,
      receipts: this.#receipts,
      onMessage: (message) => this.#announce(message),
      onRequest: (request, device) => this.#answerRequest(request, device),
    });
    const isOnline = (): boolean => this.#settings.online;
    this.groups = new PhoneGroups(account, network, isOnline);
    this.channels = new PhoneChannels(account, network);
    this.calls = new PhoneCalls(account, network, isOnline);
    this.profile = new PhoneProfile(account, network);
    this.blocks = new PhoneBlocks(account, network);
    this.addressBook = new AddressBook(account, network);
    this.chatMarks = new ChatMarks(account, network, this.#inbox);
    this.presence = new PhonePresence(account, network);
    this.files = new PhoneFiles(account, network, this.#inbox, () => this.#settings);
    const receive = (envelope: Envelope): Promise<void> =>
      receiver.receive(envelope).catch((error: unknown) => {
        network.parts.log.error({ err: error, number, id: envelope.id }, 'a phone failed to process a message');
      });
    this.#receiveQueue = new ReceiveQueue(isOnline, receive, limits.waitingBytesPerDevice, snapshot?.mailbag);
  }

  get number(): string {
    return this.account.number;
  }

  get lid(): string {
    return this.account.lid;
  }

  get name(): string {
    return this.account.name;
  }

  /** Other spellings of the number. */
  get aliases(): readonly string[] {
    return this.account.aliases;
  }

  get settings(): PhoneSettings {
    return this.#settings;
  }

  /** Changes the settings. A phone that comes online processes what was queued. Throws for invalid values. */
  set(change: Partial<PhoneSettings>): PhoneSettings {
    this.#settings = changeSettings(this.#settings, change);
    if (change.keylessDevices) this.network.announceDevices(this.account);
    tellRestrictions(this.account, change, this.#settings);
    this.#receiveQueue.resume();
    this.network.parts.changed();
    return this.#settings;
  }

  /** Replaces the aliases. Throws if one is invalid or taken. */
  setAliases(aliases: readonly string[]): void {
    this.network.directory.setAliases(this.account, aliases);
    this.network.parts.changed();
  }

  /** Links the client that shows this QR code. Rejects with a SandboxError if there is none or the code has expired. */
  scan = async (qr: string): Promise<LinkedDevice> => this.#linked((linking) => linkByQr(linking, qr));

  /** Links the client that shows this pairing code for the phone's number. */
  enterCode = async (code: string): Promise<LinkedDevice> => this.#linked((linking) => linkByCode(linking, code));

  /** Sends a message. Resolves once the server has it. */
  async send(message: SendableMessage): Promise<PhoneMessage> {
    this.#requireOnline();
    const sent = await this.#sender.send(message);
    this.#announce(sent);
    return sent;
  }

  /** Votes on a poll that the phone has sent or received, in its chat. */
  vote(vote: Vote): Promise<PhoneMessage> {
    const { chat, addressing } = this.#find(vote.messageId).view;
    return this.send({ to: chat, addressing, ...vote, type: 'vote' });
  }

  /**
   * Sends a message of this phone once more, with the same id, as senders do after a lost ack. `sentAt` is an ISO time, by default a
   * later one than before.
   */
  async resend(messageId: string, sentAt?: string): Promise<void> {
    this.#requireOnline();
    await this.#sender.resend(messageId, sentAt);
  }

  /** Requests a received message again, as a phone does that has lost it. */
  requestAgain(messageId: string): void {
    this.#requireOnline();
    this.#receipts.requestRetry(this.#receivedMessage(messageId), this.#keys.takeBundle());
  }

  /** Sent and received messages, oldest first; `since` is a sequence number or an ISO time. */
  messages({ since }: { readonly since?: number | string } = {}): readonly PhoneMessage[] {
    return this.#inbox.list(since);
  }

  /** The decrypted file of a media message. */
  media = (messageId: string): Promise<Buffer> => this.files.read(messageId);

  markRead = (messageId: string): void => this.#mark(messageId, 'read');
  markPlayed = (messageId: string): void => this.#mark(messageId, 'played');

  devices(): readonly LinkedDevice[] {
    return [...this.account.companions.values()].map(linkedDevice);
  }

  /** Unlinks a client; it receives 401 and cannot log in again. */
  unlink(device: number): void {
    const companion = this.account.companions.get(device);
    if (!companion) throw new SandboxError('not_found', `no linked device ${device}`);
    this.network.unlink(this.account, companion);
  }

  /** Calls the listener for each message that the phone sends or receives. Returns a function that unsubscribes. */
  onMessage(listener: (message: PhoneMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  takeKeyBundle = (): KeyBundle => this.#keys.takeBundle();
  deliver = (envelope: Envelope): void => this.#receiveQueue.add(envelope);

  confirm(receipt: DeviceReceipt): void {
    if (receipt.kind !== 'retry') {
      for (const id of receipt.ids) this.#inbox.advance(this.number, id, receipt.kind, receipt.from.number);
      return;
    }
    this.#sender.answerRetry(receipt).catch((error: unknown) => {
      this.network.parts.log.error({ err: error, number: this.number }, 'a phone failed to resend a message');
    });
  }

  /** Sends a newly linked client the app state key and the history. */
  async sendInitialSync(companion: Companion): Promise<void> {
    for (const message of initialSyncMessages(this.account, this.#inbox, this.network)) {
      await this.#sender.sendToOwn(companion, message);
    }
  }

  /** A member left the group: the next message there gets a new sender key. */
  renewSenderKey = (jid: string): void => this.#senderKeys.renew(jid);

  /** Deletes the keys of an unlinked device. */
  forgetDevice(device: DeviceAddress): void {
    this.#signal.forgetDevice(device);
    this.#senderKeys.forgetDevice(device);
  }

  stop = (): void => this.#receipts.stop();

  snapshot(): PhoneSnapshot {
    return {
      settings: this.#settings,
      keys: this.#keys.snapshot(),
      signal: this.#signal.snapshot(),
      senderKeys: this.#senderKeys.snapshot(),
      inbox: this.#inbox.snapshot(),
      mailbag: this.#receiveQueue.snapshot(),
    };
  }

  async #linked(link: (linking: Parameters<typeof linkByQr>[0]) => Promise<Companion>): Promise<LinkedDevice> {
    return linkedDevice(await link({ account: this.account, keys: this.#keys, network: this.network }));
  }

  #requireOnline(): void {
    if (!this.#settings.online) throw new SandboxError('phone_offline', `the phone ${this.number} is offline`);
  }

  #mark(messageId: string, kind: 'read' | 'played'): void {
    this.#receipts.send(this.#receivedMessage(messageId), kind);
  }

  #receivedMessage(messageId: string): ReceivedMessage {
    const { view } = this.#find(messageId);
    if (view.direction !== 'incoming')
      throw new SandboxError('invalid_argument', 'only received messages can be confirmed or requested again');
    const from = { number: view.from, device: view.fromDevice };
    const chat = chatWith(view.chat);
    const confirmed = chat.kind === 'user' ? { ...chat, number: this.number } : chat;
    return { id: messageId, from, chat: confirmed, addressing: view.addressing };
  }

  /** A linked client requests messages of which it got a placeholder, or older ones. */
  #answerRequest(request: proto.Message.IPeerDataOperationRequestMessage, device: DeviceAddress): void {
    const companion = this.account.companions.get(device.device);
    const parts = [request, this.#inbox, this.network] as const;
    const answer = placeholderAnswer(...parts) ?? historyAnswer(...parts);
    if (!companion || !answer) return;
    this.#sender.sendToOwn(companion, answer).catch((error: unknown) => {
      this.network.parts.log.error(
        { err: error, number: this.number },
        'a phone failed to answer a request of its client',
      );
    });
  }

  #find(messageId: string): NonNullable<ReturnType<Inbox['find']>> {
    const found = this.#inbox.find(messageId);
    if (!found) throw new SandboxError('not_found', `unknown message ${messageId}`);
    return found;
  }

  #announce(message: PhoneMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}
