import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Binary, type Document } from 'bson';
import { MongoProblem } from './problem.js';

export type Credentials = { readonly name: string; readonly password: string };

const iterations = 4096;
const authenticationFailed = (isAtlas: boolean): MongoProblem =>
  isAtlas
    ? new MongoProblem(8000, 'AtlasError', 'bad auth : authentication failed')
    : new MongoProblem(18, 'AuthenticationFailed', 'Authentication failed.');

/** The server's side of SCRAM-SHA-256 (RFC 7677), for one user. */
export class Scram {
  private readonly salt = randomBytes(28);
  private nonce = '';
  private firstBare = '';
  private serverFirst = '';

  constructor(
    private readonly user: Credentials,
    private readonly isAtlas = false,
  ) {}

  start(payload: Buffer): Document {
    const bare = payload.toString().slice('n,,'.length);
    const { n, r } = attributesOf(bare);
    if (n?.replaceAll('=2C', ',').replaceAll('=3D', '=') !== this.user.name || r === undefined)
      throw authenticationFailed(this.isAtlas);
    this.firstBare = bare;
    this.nonce = r + randomBytes(18).toString('base64');
    this.serverFirst = `r=${this.nonce},s=${this.salt.toString('base64')},i=${iterations}`;
    return { conversationId: 1, done: false, payload: new Binary(Buffer.from(this.serverFirst)) };
  }

  /** @throws {MongoProblem} `AuthenticationFailed`, or `AtlasError` */
  finish(payload: Buffer): Document {
    const text = payload.toString();
    const { r, p } = attributesOf(text);
    const withoutProof = text.slice(0, text.lastIndexOf(',p='));
    const message = `${this.firstBare},${this.serverFirst},${withoutProof}`;
    const salted = pbkdf2Sync(this.user.password, this.salt, iterations, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(sha256(clientKey), message);
    const proof = Buffer.from(p ?? '', 'base64');
    const expected = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
    if (r !== this.nonce || proof.length !== expected.length || !timingSafeEqual(proof, expected))
      throw authenticationFailed(this.isAtlas);
    const verifier = hmac(hmac(salted, 'Server Key'), message).toString('base64');
    return { conversationId: 1, done: true, payload: new Binary(Buffer.from(`v=${verifier}`)) };
  }
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

const attributesOf = (text: string): { readonly [name: string]: string | undefined } =>
  Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
