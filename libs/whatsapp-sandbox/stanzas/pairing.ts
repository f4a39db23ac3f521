import { randomBytes } from 'node:crypto';
import { parseJid, SERVICE } from '../network/address.js';
import { readRegistrationId, readSignedPreKey } from '../network/key-bundle.js';
import type { KeyBundle } from '../network/mail.js';
import type { Network } from '../network/network.js';
import type { FinishRequest, PairingAttempt } from '../network/pairing-desk.js';
import type { ClientHello, Connection } from '../transport/connection.js';
import { child, childBytes, el, proto, type BinaryNode } from '../transport/wire.js';
import { SandboxError } from '../errors.js';
import type { Session } from './session.js';

const REFS = 6;
const LONGEST_PLATFORM = 100;

/** A client that is not linked yet: shows it QR references and plays the server's part while a phone links it. */
export class PairingSession implements Session, PairingAttempt {
  readonly noiseKey: Buffer;
  readonly identityKey: Buffer;
  readonly registrationId: number;
  readonly signedPreKey: KeyBundle['signedPreKey'];
  readonly platform: string;
  readonly #answers = new Map<string, Waiter<BinaryNode>>();
  #finish: Waiter<FinishRequest> | undefined;
  readonly #lifetime: NodeJS.Timeout;
  #nextId = 0;

  /** Throws when the registration is incomplete or its keys are not signed. */
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
    if (registrationId === undefined || !signedPreKey) throw new Error('registration with unusable keys');
    this.registrationId = registrationId;
    this.signedPreKey = signedPreKey;
    const { os } = proto.DeviceProps.decode(data?.deviceProps ?? Buffer.alloc(0));
    this.platform = (os ?? 'unknown').slice(0, LONGEST_PLATFORM);
    const { qrRefMs } = network.parts.limits;
    const refs = network.pairing.issueRefs(this, REFS, qrRefMs);
    this.#lifetime = setTimeout(() => connection.close(), (REFS + 1) * qrRefMs); // a healthy client has gone by then
    this.#ask(
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
    const gone = new SandboxError('companion_refused', 'the client went away while it was being linked');
    for (const waiter of [...this.#answers.values(), this.#finish]) waiter?.reject(gone);
  }

  offerDevice(content: readonly BinaryNode[]): Promise<BinaryNode> {
    const id = this.#ask('pair-success', content);
    return new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
  }

  greet(content: readonly BinaryNode[]): Promise<FinishRequest> {
    const attrs = {
      from: SERVICE,
      type: 'link_code_companion_reg',
      id: this.#id(),
      t: String(Math.floor(Date.now() / 1000)),
    };
    const hello = el('link_code_companion_reg', { stage: 'primary_hello' }, content);
    this.connection.send(el('notification', attrs, [hello]));
    return new Promise((resolve, reject) => (this.#finish = { resolve, reject }));
  }

  restart(): void {
    this.connection.send(el('stream:error', { code: '515' }));
    this.connection.close();
  }

  #helloByCode(iq: BinaryNode, registration: BinaryNode): void {
    const number = parseJid(registration.attrs.jid)?.user ?? '';
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

  /** Sends a query of the server; its answer is matched by the returned id. */
  #ask(tag: string, content: readonly BinaryNode[]): string {
    const id = this.#id();
    const t = String(Math.floor(Date.now() / 1000));
    this.connection.send(el('iq', { from: SERVICE, type: 'set', id, t, xmlns: 'md' }, [el(tag, {}, content)]));
    return id;
  }

  #answer({ attrs: { id } }: BinaryNode, type: 'result' | 'error', content?: readonly BinaryNode[]): void {
    this.connection.send(el('iq', { from: SERVICE, type, id }, content));
  }

  #id = (): string => `${randomBytes(4).toString('hex')}-${this.#nextId++}`;
}

type Waiter<T> = { resolve(value: T): void; reject(reason: Error): void };
