import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto } from '@whiskeysockets/baileys';
import type { Browser, Page } from 'playwright-core';
import { encodeQR } from 'qr';
import { faultKinds, startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { startControl, type Control } from '#lib/whatsapp-sandbox/control';
import { mediaFaultKinds } from '../../libs/whatsapp-sandbox/control/schemas/fault.js';
import { openBrowser, runsBrowser } from './support/browser.js';
import { messageText, TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';

const shopNumber = '491701234567';
const { READ } = proto.WebMessageInfo.Status;

(runsBrowser() ? describe : describe.skip)('the web page, in a browser (Debian’s package chromium)', () => {
  let sandbox: Sandbox;
  let control: Control;
  let browser: Browser;
  let page: Page;
  let client: TestClient;
  const warnings: string[] = [];

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const label = (text: string) => page.getByLabel(text, { exact: true });
  const bubble = (text: string) =>
    page
      .locator('#messages')
      .getByRole('listitem')
      .filter({ has: page.getByText(text, { exact: true }) });
  const write = async (text: string, to: string) =>
    (await client.socket.sendMessage(`${to}@s.whatsapp.net`, { text }))?.key.id ?? '';
  const choose = (name: string) =>
    page
      .locator('#phone-list')
      .getByRole('button', { name: new RegExp(`^${name}`) })
      .click();

  beforeAll(async () => {
    browser = await openBrowser();
    sandbox = await startSandbox({ transcript: 1_000 });
    control = await startControl(sandbox);
    client = new TestClient(sandbox.url);
    page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') warnings.push(line.text());
    });
    page.on('pageerror', (error) => warnings.push(error.message));
    await page.goto(control.url);
    await page.getByText('live', { exact: true }).waitFor();
  });
  afterAll(async () => {
    if (client?.socket) await client.disconnect();
    await browser?.close();
    await control?.stop();
    await sandbox?.stop();
  });

  it('shows the URL for clients', async () => {
    await page.getByText('ws://').waitFor();
    expect(await page.locator('#endpoint').textContent()).toBe(sandbox.url);
  });

  it('creates phones, and shows errors', async () => {
    for (const [number, name] of [
      [shopNumber, 'Shop'],
      ['', 'Ada'],
    ]) {
      await label('Number').fill(number ?? '');
      await label('Name').fill(name ?? '');
      await button('Create phone').click();
      await page.getByRole('heading', { name: name ?? '' }).waitFor();
    }
    expect(sandbox.phones.list().map(({ name }) => name)).toEqual(['Shop', 'Ada']);
    await label('Number').fill(shopNumber);
    await button('Create phone').click();
    await page.getByText(`a phone with the number ${shopNumber} exists already`).waitFor();
    await label('Number').fill('');
  });

  it('links a client by its pasted QR string', async () => {
    await choose('Shop');
    client.connect();
    await label('Text of its QR code').fill(await client.qr());
    await button('Scan').click();
    await waitUntil('the client is told to restart', () => client.closedWith === 515);
    await client.reconnect();
    await page.getByText(/^1: .+, connected$/).waitFor();
  });

  it('shows incoming messages live, as text only', async () => {
    const ada = sandbox.phones.list()[1]?.number ?? '';
    await choose('Ada');
    await write('<img src=x onerror=alert(1)> hello', ada);
    await bubble('<img src=x onerror=alert(1)> hello').waitFor();
    expect(await page.locator('#messages img').count()).toBe(0);
  });

  it('sends messages and shows their status', async () => {
    await page.getByRole('textbox', { name: 'Message' }).fill('answer from the page');
    await page.keyboard.press('Enter');
    const received = await client.received('answer from the page');
    expect(received.pushName).toBe('Ada');
    await bubble('answer from the page').getByRole('img', { name: 'delivered' }).waitFor();
    await client.socket.readMessages([received.key]);
    await bubble('answer from the page').getByRole('img', { name: 'read', exact: true }).waitFor();
  });

  it('sends a picture', async () => {
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    await page.getByLabel('Send a file').setInputFiles({ name: 'dot.gif', mimeType: 'image/gif', buffer: gif });
    const picture = page.locator('#messages img');
    await picture.waitFor();
    await waitUntil('the client has it', () => client.messages.some(({ message }) => message?.imageMessage));
    expect(await picture.evaluate((image: { naturalWidth?: number }) => image.naturalWidth)).toBe(1);
  });

  it('replies, reacts and deletes', async () => {
    await bubble('answer from the page').getByRole('button', { name: '👍' }).click();
    await waitUntil('the client has the reaction', () =>
      client.messages.some(({ message }) => message?.reactionMessage?.text === '👍'),
    );
    await bubble('<img src=x onerror=alert(1)> hello').getByRole('button', { name: 'Reply' }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('a reply');
    await button('Send').click();
    const reply = await client.received('a reply');
    expect(reply.message?.extendedTextMessage?.contextInfo?.quotedMessage).toBeTruthy();
    await bubble('a reply').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('This message was deleted.').waitFor();
  });

  it('marks messages as read', async () => {
    const id = await write('read this', sandbox.phones.list()[1]?.number ?? '');
    await bubble('read this').getByRole('button', { name: 'Mark read' }).click();
    await client.status(id, READ);
    const other = await write('and this', sandbox.phones.list()[1]?.number ?? '');
    await bubble('and this').waitFor();
    await button('Mark all as read').click();
    expect((await client.status(other, READ)).id).toBe(other);
  });

  it('goes offline and comes back', async () => {
    const [, ada] = sandbox.phones.list();
    const online = page.getByRole('switch', { name: 'online' });
    await online.click();
    await page.getByRole('switch', { name: 'online', checked: false }).waitFor();
    await waitUntil('the phone is offline', () => ada?.settings.online === false);
    await client.ackOf(await write('while you were away', ada?.number ?? ''));
    expect(await bubble('while you were away').count()).toBe(0);
    await online.click();
    await bubble('while you were away').waitFor();
  });

  it('changes the automatic receipts', async () => {
    const [, ada] = sandbox.phones.list();
    await page.getByRole('combobox', { name: 'Automatic receipts' }).selectOption('delivered and read');
    await waitUntil('the phone reads at once', () => ada?.settings.receipts === 'read');
    await client.status(await write('read by itself', ada?.number ?? ''), READ);
  });

  it('creates groups and sends to them', async () => {
    await page.getByText('Groups', { exact: true }).click();
    await label('Subject').fill('Neighbours');
    await label('Participants').fill(`+${shopNumber}`);
    await button('Create group').click();
    await button('Neighbours').click();
    await page.getByRole('textbox', { name: 'Message' }).fill('hello group');
    await button('Send').click();
    expect((await client.received('hello group')).key.remoteJid).toMatch(/@g\.us$/);
  });

  it('posts as a status, and in channels', async () => {
    const [status, channels] = ['Status', 'Channels'].map((name) => page.locator('summary', { hasText: name }));
    await status!.click();
    await label('Status').fill('seen by the shop');
    await label('Who sees it').fill(`+${shopNumber}`);
    await button('Post status').click();
    expect((await client.received('seen by the shop')).key.remoteJid).toBe('status@broadcast');
    await bubble('seen by the shop').waitFor();

    await channels!.click();
    await label('Name of a new channel').fill('News');
    await button('Create channel').click();
    await label('Post').fill('open late');
    await button('Post in channel').click();
    await page.locator('#channels').getByText('open late').waitFor();
    await choose('Shop');
    await button('Follow').click();
    await button('Unfollow').waitFor();
    await choose('Ada');
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    await label('File of the post').setInputFiles({ name: 'dot.gif', mimeType: 'image/gif', buffer: gif });
    await button('Post in channel').click();
    await waitUntil('the client has it', () =>
      client.messages.some(({ key, message }) => key.remoteJid?.endsWith('@newsletter') && message?.imageMessage),
    );
    await page.locator('#channels').getByRole('button', { name: 'Delete' }).first().click();
    await page.locator('#channels').getByText('deleted', { exact: true }).waitFor();
  });

  it('adds and removes faults', async () => {
    const kinds = await page.getByRole('combobox', { name: 'Fault' }).getByRole('option').allTextContents();
    expect(kinds.sort()).toEqual([...faultKinds, ...mediaFaultKinds].sort());
    await choose('Shop');
    await page.getByRole('combobox', { name: 'Fault' }).selectOption('nack');
    await label('Code').fill('463');
    await button('Add fault').click();
    await page.getByText(`nack 1 × for +${shopNumber}, code 463`).waitFor();
    const id = await write('refused', sandbox.phones.list()[1]?.number ?? '');
    expect((await client.ackOf(id)).attrs.error).toBe('463');
    await page.getByText(`nack 1 ×`).waitFor({ state: 'detached' });
    await label('Count').fill('5');
    await button('Add fault').click();
    await button('Remove all').click();
    await waitUntil('no fault is left', () => sandbox.faults.list().length === 0);
  });

  it('works with the keyboard only', async () => {
    await label('Name').focus();
    await page.keyboard.type('Grace');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Grace' }).waitFor();
    const grace = sandbox.phones.list().find(({ name }) => name === 'Grace')?.number ?? '';
    await label('To').focus();
    await page.keyboard.type(`+${shopNumber}`);
    await page.getByRole('textbox', { name: 'Message' }).focus();
    await page.keyboard.type('no mouse');
    await page.keyboard.press('Enter');
    expect((await client.received('no mouse')).key.remoteJid).toBe(`${grace}@s.whatsapp.net`);
  });

  it('links by a picture of a QR code and by pairing code', async () => {
    const second = new TestClient(sandbox.url).connect();
    const svg = encodeQR(await second.qr(), 'svg', { scale: 4 });
    const photo = await screenshotOf(browser, svg);
    await page.getByLabel('Photo').setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: photo });
    await waitUntil('the client is told to restart', () => second.closedWith === 515);

    const grace = sandbox.phones.list().find(({ name }) => name === 'Grace')?.number ?? '';
    const third = new TestClient(sandbox.url).connect();
    await third.qr();
    const code = await third.socket.requestPairingCode(grace);
    await waitUntil('the server has the request', () =>
      JSON.stringify(sandbox.transcript.entries()).includes('companion_hello'),
    );
    await label('Or its pairing code').fill(code);
    await button('Enter').click();
    await waitUntil('the client is told to restart', () => third.closedWith === 515);
    await Promise.all([second.disconnect(), third.disconnect()]);
  });

  it('unlinks the client', async () => {
    await choose('Shop');
    await page.getByRole('button', { name: 'Unlink device 1' }).click();
    expect(await client.closed()).toBe(401);
    await page.getByText('None.', { exact: true }).waitFor();
  });

  it('fits a phone screen and loads nothing from other hosts', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.reload();
    await button('Chat').click();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const addresses = await page.evaluate<string[]>('performance.getEntriesByType("resource").map(({ name }) => name)');
    expect(addresses.length).toBeGreaterThan(10);
    expect(addresses.every((address) => address.startsWith(control.url))).toBe(true);
    expect(client.messages.map(messageText)).toContain('answer from the page');
  });

  it('logs nothing but refused requests', () => {
    const refusals = warnings.filter((text) => /status of 409/.test(text));
    expect(warnings).toEqual(refusals);
  });
});

/** A screenshot of a slightly rotated code on a coloured background. */
async function screenshotOf(browser: Browser, svg: string): Promise<Buffer> {
  const background = await browser.newPage({ viewport: { width: 900, height: 900 } });
  const style = 'width:600px;margin:120px auto;padding:24px;background:#fff;transform:rotate(5deg)';
  await background.setContent(`<body style="background:#875"><div style="${style}">${svg}</div></body>`);
  const picture = await background.screenshot();
  await background.close();
  return picture;
}
