import { randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import { gcmDecrypt, gcmEncrypt, hkdfSha256 } from '../crypto/cipher.js';
import type { SandboxAccount } from '../network/account.js';
import { pnJid } from '../network/address.js';
import type { Companion } from '../network/companion.js';
import type { Network } from '../network/network.js';
import { child, childBytes, el, proto, type BinaryNode } from '../transport/wire.js';
import { storedMediaOf } from './content/media.js';
import { unwrap } from './content/parse.js';
import type { Inbox } from './inbox.js';
import type { MediaKind, MediaStore, StoredMedia } from './media-store.js';
import type { PhoneSettings } from './settings.js';

type MessageFile = { readonly kind: MediaKind; readonly stored: StoredMedia };

const { ResultType } = proto.MediaRetryNotification;

/** The files of a phone's messages. */
export class PhoneFiles {
  constructor(
    private readonly account: SandboxAccount,
    private readonly network: Network,
    private readonly inbox: Inbox,
    private readonly settings: () => PhoneSettings,
  ) {}

  /** The decrypted file of a message. */
  async read(messageId: string): Promise<Buffer> {
    const { kind, stored } = this.#require(messageId);
    return this.#media().get(stored, kind);
  }

  /** WhatsApp no longer has the file of a message at its address, for nobody. */
  expire(messageId: string): void {
    this.#media().expire(this.#require(messageId).stored);
  }

  /** A linked client requests a file that it could not download: the phone uploads it again, unless it has deleted it. */
  answerRequest(request: BinaryNode, companion: Companion): void {
    const { id = '' } = request.attrs;
    const file = this.#find(id);
    if (!this.settings().online || !file) return;
    const encrypted = child(request, 'encrypt');
    const key = hkdfSha256(file.stored.mediaKey, 32, Buffer.alloc(0), 'WhatsApp Media Retry Notification');
    const associated = Buffer.from(id);
    const asked = gcmDecrypt(key, childBytes(encrypted, 'enc_iv'), childBytes(encrypted, 'enc_p'), associated);
    if (proto.ServerErrorReceipt.decode(asked).stanzaId !== id) throw new Error('the request is for another message');

    const content = this.settings().keepsFiles
      ? encryptedAnswer(key, id, this.#media().renew(file.stored).directPath)
      : el('error', { code: String(ResultType.NOT_FOUND) });
    const place = child(request, 'rmr');
    companion.notify('mediaretry', [content, ...(place ? [place] : [])], pnJid(this.account.number), { id });
  }

  #media(): MediaStore {
    const { media } = this.network.parts;
    if (!media) throw new SandboxError('no_media', 'this sandbox runs without a media server');
    return media;
  }

  #find(messageId: string): MessageFile | undefined {
    const found = this.inbox.find(messageId);
    return found && storedMediaOf(unwrap(found.message));
  }

  #require(messageId: string): MessageFile {
    const file = this.#find(messageId);
    if (!file) throw new SandboxError('not_found', `no message ${messageId} with a file`);
    return file;
  }
}

const encryptedAnswer = (key: Buffer, id: string, directPath: string): BinaryNode => {
  const answer = proto.MediaRetryNotification.encode({ stanzaId: id, directPath, result: ResultType.SUCCESS }).finish();
  const iv = randomBytes(12);
  return el('encrypt', {}, [el('enc_p', {}, gcmEncrypt(key, iv, answer, Buffer.from(id))), el('enc_iv', {}, iv)]);
};
