import { SandboxError } from '../errors.js';
import type { Picture, SandboxAccount } from '../network/account.js';
import type { Network } from '../network/network.js';

const maxPictureBytes = 2 ** 19;
const jpegStart = Buffer.from([0xff, 0xd8, 0xff]);

/** What a phone shows of itself. */
export class PhoneProfile {
  constructor(
    private readonly account: SandboxAccount,
    private readonly network: Network,
  ) {}

  get about(): string {
    return this.account.about;
  }

  get pictureUrl(): string | undefined {
    return this.account.picture?.url;
  }

  /** Changes the name that others see, or what the account says about itself. */
  set({ name, about }: { readonly name?: string; readonly about?: string }): void {
    if (name !== undefined) this.account.name = name;
    if (about !== undefined) this.account.about = about;
    this.network.parts.changed();
  }

  /** The picture as a file; undefined if there is none. */
  async picture(): Promise<Buffer | undefined> {
    return this.account.picture && this.network.parts.media?.read(this.account.picture);
  }

  /** Shows another picture (JPEG), or none. Rejects with a SandboxError if it is not a JPEG or too large. */
  async setPicture(bytes: Buffer | undefined): Promise<Picture | undefined> {
    const picture = bytes && (await this.publish(bytes));
    this.account.picture = picture;
    this.network.parts.changed();
    return picture;
  }

  /** Makes a picture (JPEG) one that others can download. Rejects with a SandboxError if it is not a JPEG or too large. */
  async publish(bytes: Buffer): Promise<Picture> {
    const { media } = this.network.parts;
    if (!media) throw new SandboxError('no_media', 'this sandbox runs without a media server');
    if (!bytes.subarray(0, jpegStart.length).equals(jpegStart) || bytes.length > maxPictureBytes)
      throw new SandboxError('invalid_argument', `a picture must be a JPEG of at most ${maxPictureBytes} bytes`);
    return { id: String(Date.now()), ...(await media.publish(Buffer.from(bytes))) };
  }
}
