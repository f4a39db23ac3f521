import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** A request that came in. */
export type Delivered = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: {
    readonly id: string;
    readonly type: string;
    readonly userId: string;
    readonly sessionId: string | null;
    readonly data: { readonly id: string; readonly status: string };
  };
};

export type Answering = (answer: ServerResponse, delivered: Delivered) => void;

/** A server of a user, on this machine: it keeps what it gets, and answers each path as it is told, by default with 204. */
export class WebhookReceiver {
  readonly delivered: Delivered[] = [];
  private readonly answers = new Map<string, Answering>();
  private readonly server = createServer((request, answer) => {
    void this.take(request, answer);
  });

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((listening) => receiver.server.listen(0, '127.0.0.1', listening));
    return receiver;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  answer(path: string, how: Answering | number): void {
    this.answers.set(path, typeof how === 'number' ? (to) => void to.writeHead(how).end() : how);
  }

  /** What came in on a path. */
  at(path: string): readonly Delivered[] {
    return this.delivered.filter((one) => one.path === path);
  }

  types(path: string): readonly string[] {
    return this.at(path).map(({ body }) => body.type);
  }

  private async take(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { url: path = '', headers } = request;
    const text = (await buffer(request)).toString();
    const delivered = { path, headers, text, body: JSON.parse(text) as Delivered['body'] };
    this.delivered.push(delivered);
    const usual: Answering = (to) => void to.writeHead(204).end();
    (this.answers.get(path) ?? usual)(answer, delivered);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

/** Whether a request was signed with a secret, as the reference library sees it. */
export const isSignedWith = (secret: string, { text, headers }: Delivered): boolean => {
  try {
    new Webhook(secret).verify(text, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};
