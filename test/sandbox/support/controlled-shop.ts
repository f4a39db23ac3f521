import { z } from 'zod';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { startControl, type Control } from '#lib/whatsapp-sandbox/control';
import { message } from '../../../libs/whatsapp-sandbox/control/schemas/message.js';
import { linkedDevice, phone } from '../../../libs/whatsapp-sandbox/control/schemas/phone.js';
import { Api } from './api.js';
import { TestClient } from './client.js';
import { waitUntil } from './wait-until.js';

type ApiMessage = z.output<typeof message>;

export const jidOfNumber = (number: string): string => `${number}@s.whatsapp.net`;

/** A sandbox that is used through its control API: a phone with a linked client, and a contact. */
export class ControlledShop {
  private constructor(
    readonly sandbox: Sandbox,
    readonly control: Control,
    readonly api: Api,
    readonly client: TestClient,
    /** Number of the phone with the linked client. */
    readonly shop: string,
    /** Number of the contact. */
    readonly ada: string,
  ) {}

  static async start(): Promise<ControlledShop> {
    const sandbox = await startSandbox();
    const control = await startControl(sandbox);
    const api = new Api(control.url);
    const client = new TestClient(sandbox.url);
    const { number: shop } = await api.send('/phones', { number: '+49 170 1234567', name: 'Shop' }, phone);
    const { number: ada } = await api.send('/phones', { name: 'Ada' }, phone);
    client.connect();
    await api.send(`/phones/+${shop}/scan`, { qr: await client.qr() }, linkedDevice);
    await waitUntil('the client is told to restart', () => client.closedWith === 515);
    await client.reconnect();
    return new ControlledShop(sandbox, control, api, client, shop, ada);
  }

  async stop(): Promise<void> {
    await this.client.disconnect();
    await this.control.stop();
    await this.sandbox.stop();
  }

  messagesOf = (number: string, query = ''): Promise<readonly ApiMessage[]> =>
    this.api.read(`/phones/${number}/messages${query}`, z.array(message));

  /** Waits until a phone has a message with that text. Returns all of them. */
  async received(number: string, text: string): Promise<readonly ApiMessage[]> {
    const inbox = () => this.sandbox.phones.get(number)?.messages();
    await waitUntil(`${number} receives "${text}"`, () => inbox()?.some((each) => each.text === text));
    return (await this.messagesOf(number)).filter((each) => each.text === text);
  }

  /** Sends a text from the client. Returns the message id. */
  async write(text: string, to = this.ada, messageId?: string): Promise<string> {
    const options = messageId === undefined ? {} : { messageId };
    return (await this.client.socket.sendMessage(jidOfNumber(to), { text }, options))?.key.id ?? '';
  }
}
