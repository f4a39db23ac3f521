import { createHash } from 'node:crypto';
import type { Answer } from './http.js';
import type { WaybillClient } from './waybill-client.js';

type Upload = {
  /** As in a form; without it, the bytes are the body. */
  readonly fileName?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Uploads and downloads files with a user's key. */
export class MediaClient {
  constructor(
    private readonly waybill: WaybillClient,
    private readonly key: string,
  ) {}

  async upload(bytes: Uint8Array, { fileName, type, headers }: Upload = {}): Promise<Answer> {
    const own = { 'x-api-key': this.key, ...headers };
    if (fileName === undefined) {
      return this.post(bytes, { ...own, ...(type !== undefined && { 'content-type': type }) });
    }
    const form = new FormData();
    form.append('note', 'other fields are ignored');
    form.append('file', new Blob([new Uint8Array(bytes)], { ...(type !== undefined && { type }) }), fileName);
    return this.post(form, own);
  }

  async post(body: Uint8Array | FormData | string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const init = { method: 'POST', headers: { 'x-api-key': this.key, ...headers } };
    const sent = body instanceof Uint8Array ? new Uint8Array(body) : body;
    const answer = await fetch(`${this.waybill.url}/v1/media`, { ...init, body: sent });
    const text = await answer.text();
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text, body: JSON.parse(text) };
  }

  /** The content, and the answer that it came with. */
  async download(
    id: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly bytes: Buffer }> {
    const answer = await fetch(`${this.waybill.url}/v1/media/${id}`, {
      headers: { 'x-api-key': this.key, ...headers },
    });
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
  }
}
