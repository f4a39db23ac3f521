export type SandboxPhone = {
  readonly number: string;
  readonly name: string;
  readonly lid: string;
  readonly devices: readonly { readonly device: number; readonly connected: boolean }[];
};

export type SandboxFault = {
  readonly kind: string;
  readonly number?: string;
  readonly count?: number;
  readonly ms?: number;
  readonly code?: number;
  readonly action?: string;
};

/** What concerns one phone, channel or group, and nobody else. */
type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${'phones' | 'channels' | 'groups'}/${string}`;

/** A running sandbox, asked over its control API for one's own phones only: others may use it at the same time. */
export class SandboxClient {
  constructor(
    /** Of the WebSocket. */
    readonly url: string,
    readonly controlUrl: string,
  ) {}
  /** Asks the control API. @throws {Error} an answer that is no success. */
  ask<Answer = unknown>(route: Route, body?: unknown): Promise<Answer> {
    return this.request(route, body);
  }

  protected async request<Answer>(route: string, body?: unknown): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ');
    const answer = await fetch(`${this.controlUrl}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${route} of the sandbox answered ${answer.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  newPhone(phone: { readonly number?: string; readonly name?: string } = {}): Promise<SandboxPhone> {
    return this.request('POST /phones', phone);
  }

  phone(number: string): Promise<SandboxPhone> {
    return this.ask(`GET /phones/${number}`);
  }

  async scan(number: string, qr: string): Promise<void> {
    await this.ask(`POST /phones/${number}/scan`, { qr });
  }

  async fault(fault: SandboxFault & { readonly number: string }): Promise<void> {
    await this.request('POST /faults', fault);
  }

  /** What a phone has sent and received, decrypted. */
  messages<Message = Record<string, unknown>>(number: string): Promise<readonly Message[]> {
    return this.ask(`GET /phones/${number}/messages`);
  }

  /** The decrypted file of a message that a phone sent or received. */
  file(number: string, messageId: string): Promise<Buffer> {
    return this.bytes(`/phones/${number}/messages/${messageId}/media`);
  }

  async bytes(path: string): Promise<Buffer> {
    const answer = await fetch(`${this.controlUrl}${path}`);
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
    return Buffer.from(await answer.arrayBuffer());
  }
}
