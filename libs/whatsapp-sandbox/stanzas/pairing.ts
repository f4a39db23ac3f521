import { randomBytes } from 'node:crypto';
import { parseJid, serviceJid } from '../network/address.js';
import { readRegistrationId, readSignedPreKey } from '../network/key-bundle.js';
import { unixSeconds, type KeyBundle } from '../network/mail.js';
import type { Network } from '../network/network.js';
import type { FinishRequest, PairingAttempt } from '../network/pairing-registry.js';
import type { ClientHello, Connection } from '../transport/connection.js';
import { child, childBytes, el, proto, type BinaryNode } from '../transport/wire.js';
import { SandboxError } from '../errors.js';
import type { ConnectionHandler } from './connection-handler.js';

const maxPlatformLength = 100;
const tooManyRequests = 429;

/** A client that is not linked yet: sends it QR references and passes messages between it and the phone that links it. */
export class PairingSession implements ConnectionHandler, PairingAttempt {
  readonly noiseKey: Buffer;
  readonly identityKey: Buffer;
  readonly registrationId: number;
  readonly signedPreKey: KeyBundle['signedPreKey'];
  readonly platform: string;
  readonly #answers = new Map<string, Waiter<BinaryNode>>();
  #finish: Waiter<FinishRequest> | undefined;
  readonly #lifetime: NodeJS.Timeout;
  #nextId = 0;

  /** Throws if the registration is incomplete or its keys are not signed. */
  constructor(
    { clientStatic, payload }: ClientHello,
    private readonly connection: Connection,
    private readonly network: Network,
  ) {
    const data = payload.devicePairingData;
    this.noiseKey = clientStatic;
    this.identityKey = Buffer.from(data?.eIdent ?? []);
    const registrationId = readRegistrationId(el('registration', {}, data?.eRegid ?? ''));
    const signedPreKey = readSignedPreKey(
      el('skey', {}, [
        el('id', {}, data?.eSkeyId ?? ''),
        el('value', {}, data?.eSkeyVal ?? ''),
        el('signature', {}, data?.eSkeySig ?? ''),
      ]),
      this.identityKey,
    );
    if (registrationId === undefined || !signedPreKey) throw new Error('registration with invalid keys');
    this.registrationId = registrationId;
    this.signedPreKey = signedPreKey;
    const { os } = proto.DeviceProps.decode(data?.deviceProps ?? Buffer.alloc(0));
    this.platform = (os ?? 'unknown').slice(0, maxPlatformLength);
    const { qrRefs, qrRefMs } = network.parts.limits;
    const refs = network.pairing.issueRefs(this, qrRefs, qrRefMs);
    this.#lifetime = setTimeout(() => connection.close(), (qrRefs + 1) * qrRefMs); // clients give up before that
    this.#query(
      'pair-device',
      refs.map((ref) => el('ref', {}, Buffer.from(ref))),
    );
  }

  onNode(node: BinaryNode): void {
    const { id = '', type } = node.attrs;
    if (node.tag !== 'iq') return;
    if (type === 'result' || type === 'error') {
      this.#answers.get(id)?.resolve(node);
      this.#answers.delete(id);
      return;
    }
    const registration = child(node, 'link_code_companion_reg');
    if (registration?.attrs.stage === 'companion_hello') this.#helloByCode(node, registration);
    else if (registration?.attrs.stage === 'companion_finish') this.#finishByCode(node);
    else this.#answer(node, 'result');
  }

  onClose(): void {
    clearTimeout(this.#lifetime);
    this.network.pairing.withdraw(this);
    const gone = new SandboxError('companion_refused', 'the client disconnected while it was being linked');
    for (const waiter of [...this.#answers.values(), this.#finish]) waiter?.reject(gone);
  }

  offerDevice(content: readonly BinaryNode[]): Promise<BinaryNode> {
    const id = this.#query('pair-success', content);
    return new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
  }

  greet(content: readonly BinaryNode[]): Promise<FinishRequest> {
    const attrs = {
      from: serviceJid,
      type: 'link_code_companion_reg',
      id: this.#id(),
      t: String(unixSeconds()),
    };
    const hello = el('link_code_companion_reg', { stage: 'primary_hello' }, content);
    this.connection.send(el('notification', attrs, [hello]));
    return new Promise((resolve, reject) => (this.#finish = { resolve, reject }));
  }

  restart(): void {
    this.connection.send(el('stream:error', { code: '515' }));
    this.connection.close();
  }

  /** Asks a client that shows a QR for one with a new secret. */
  renewQr(): void {
    const type = 'companion_reg_refresh';
    this.connection.send(
      el('notification', { from: serviceJid, type, id: this.#id(), t: String(unixSeconds()) }, [el(type)]),
    );
  }

  #helloByCode(iq: BinaryNode, registration: BinaryNode): void {
    const number = parseJid(registration.attrs.jid)?.user ?? '';
    const refusal = this.network.parts.faults.take('refuse-code', number);
    if (refusal) {
      const code = String(refusal.code ?? tooManyRequests);
      return this.#answer(iq, 'error', [el('error', { code, text: 'rate-overlimit' })]);
    }
    const wrapped = childBytes(registration, 'link_code_pairing_wrapped_companion_ephemeral_pub');
    const ref = this.network.pairing.offerCode(number, wrapped, this);
    this.#answer(iq, 'result', [el('link_code_companion_reg', {}, [el('link_code_pairing_ref', {}, ref)])]);
  }

  #finishByCode(request: BinaryNode): void {
    this.#finish?.resolve({
      request,
      accept: () => this.#answer(request, 'result'),
      refuse: () => this.#answer(request, 'error', [el('error', { code: '400', text: 'bad-request' })]),
    });
    this.#finish = undefined;
  }

  /** Sends a query to the client; the answer has the returned id. */
  #query(tag: string, content: readonly BinaryNode[]): string {
    const id = this.#id();
    const t = String(unixSeconds());
    this.connection.send(el('iq', { from: serviceJid, type: 'set', id, t, xmlns: 'md' }, [el(tag, {}, content)]));
    return id;
  }

  #answer({ attrs: { id } }: BinaryNode, type: 'result' | 'error', content?: readonly BinaryNode[]): void {
    this.connection.send(el('iq', { from: serviceJid, type, id }, content));
  }

  #id = (): string => `${randomBytes(4).toString('hex')}-${this.#nextId++}`;
}

type Waiter<T> = { resolve(value: T): void; reject(reason: Error): void };
