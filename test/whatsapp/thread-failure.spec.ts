import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CredentialsUnavailable } from '#lib/whatsapp';
import { startSandbox, type Phone, type Sandbox } from '#lib/whatsapp-sandbox';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { adapter, Gateway, textsOf } from './support/gateway.js';

adapter.isOnThread = true;

describe('the thread of the connections', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let sandbox: Sandbox;
  let gateway: Gateway;
  let phone: Phone;
  let thread: Worker;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    sandbox = await startSandbox();
    phone = sandbox.phones.create({});
    const asked = jest.spyOn(Worker.prototype, 'postMessage');
    gateway = await Gateway.open(directory.path, sandbox);
    expect(asked).not.toHaveBeenCalled(); // it starts when it is needed
    await gateway.connections.linkedSessions();
    thread = asked.mock.contexts[0] as Worker;
    asked.mockRestore();
  });
  afterEach(async () => {
    await gateway.close();
    await sandbox.stop();
    await directory.remove();
  });

  it('that fails closes its connections; the next start uses a new thread and the stored credentials', async () => {
    await gateway.link(phone);
    const friend = sandbox.phones.create({});
    await gateway.send(friend, 'before');
    const { disconnect } = await gateway.after('closed', () => thread.terminate());
    expect(disconnect).toMatchObject({ reason: 'connection_lost', retry: 'later' });
    expect(gateway.connections.connection('one')).toBeUndefined();
    await gateway.start();
    await gateway.send(friend, 'after');
    await eventually(() => textsOf(friend).length === 2);
    expect(textsOf(friend)).toEqual(['before', 'after']);
  });

  it('that is just starting answers as one does whose session is not connected yet', async () => {
    await thread.terminate();
    const asked = gateway.connections.start('one');
    const number = ['+491701234567'];
    await expect(gateway.connections.checkNumbers('one', number)).rejects.toMatchObject({ name: 'NotConnected' });
    await expect(gateway.send(phone, 'early')).rejects.toMatchObject({ name: 'SendFailed' });
    await asked;
  });

  it('that fails rejects the calls under way, and reports that a message may have been sent', async () => {
    await gateway.link(phone);
    const friend = sandbox.phones.create({});
    sandbox.faults.add({ kind: 'lose-ack' });
    const sending = gateway.send(friend, 'hello').catch((error: unknown) => error);
    await eventually(() => textsOf(friend).length === 1);
    await thread.terminate();
    expect(await sending).toMatchObject({ name: 'SendFailed', outcome: { kind: 'unknown' } });
    await expect(gateway.connections.checkNumbers('one', ['+491701234567'])).rejects.toMatchObject({
      name: 'NotConnected',
      sessionId: 'one',
    });
  });

  it('cannot start while another process has the credentials', async () => {
    await gateway.link(phone);
    const second = Gateway.open(directory.path, sandbox);
    await expect(second).rejects.toBeInstanceOf(CredentialsUnavailable);
  });
});
