import { describe, expect, it } from '@jest/globals';
import { SenderKeys } from './sender-keys.js';

const GROUP = '120363000000000001@g.us';
const ada = { number: '15550000001', device: 0 };
const bob = { number: '15550000002', device: 3 };

const pair = () => {
  const [writer, reader] = [new SenderKeys(), new SenderKeys()];
  reader.learn(ada, writer.shareWith(bob, GROUP));
  const write = (text: string) => writer.encrypt(GROUP, Buffer.from(text));
  const read = (sealed: ReturnType<typeof write>) => reader.decrypt(GROUP, ada, sealed).toString();
  return { writer, reader, write, read };
};

describe('sender keys', () => {
  it('decrypt the messages of their owner in any order, each message once', () => {
    const { write, read } = pair();
    const [first, second, third] = ['one', 'two', 'three'].map(write);
    expect([third, first, second].map((sealed) => read(sealed!))).toEqual(['three', 'one', 'two']);
    expect(() => read(first!)).toThrow('decrypted before');
    expect(() => read(third!)).toThrow('decrypted before');
  });

  it('do not decrypt messages from before they were shared', () => {
    const { writer, reader, write, read } = pair();
    const early = write('early');
    const late = new SenderKeys();
    late.learn(ada, writer.shareWith(bob, GROUP));
    expect(() => late.decrypt(GROUP, ada, early)).toThrow('decrypted before');
    expect(late.decrypt(GROUP, ada, write('late')).toString()).toBe('late');
    reader.learn(ada, writer.shareWith(bob, GROUP)); // shared again: earlier messages stay readable
    expect(read(early)).toBe('early');
  });

  it('refuse modified messages and are not affected by them', () => {
    const { write, read } = pair();
    const sealed = write('genuine');
    for (const index of [5, sealed.bytes.length - 70, sealed.bytes.length - 1]) {
      const bytes = Buffer.from(sealed.bytes);
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      expect(() => read({ ...sealed, bytes })).toThrow();
    }
    expect(read(sealed)).toBe('genuine');
  });

  it('are valid for one sender in one group', () => {
    const { reader, write } = pair();
    const sealed = write('here');
    expect(() => reader.decrypt(GROUP, bob, sealed)).toThrow('without its sender key');
    expect(() => reader.decrypt('120363000000000002@g.us', ada, sealed)).toThrow('without its sender key');
  });

  it('do not decrypt messages after a renewal until the new key is shared', () => {
    const { writer, reader, write, read } = pair();
    expect(writer.isSharedWith(bob, GROUP)).toBe(true);
    const before = write('before');
    writer.renew(GROUP);
    expect(writer.isSharedWith(bob, GROUP)).toBe(false);
    expect(() => read(write('after'))).toThrow('without its sender key');
    reader.learn(ada, writer.shareWith(bob, GROUP));
    expect(read(write('again'))).toBe('again');
    expect(read(before)).toBe('before');
  });

  it('are renewed when a device that had them is unlinked, and the keys of that device are deleted', () => {
    const { writer, reader, write } = pair();
    writer.forgetDevice({ ...bob, device: 2 });
    expect(writer.isSharedWith(bob, GROUP)).toBe(true);
    writer.forgetDevice(bob);
    expect(writer.isSharedWith(bob, GROUP)).toBe(false);
    const sealed = write('x');
    reader.learn(ada, writer.shareWith(bob, GROUP));
    reader.forgetDevice(ada);
    expect(() => reader.decrypt(GROUP, ada, sealed)).toThrow('without its sender key');
  });

  it('survive a restart', () => {
    const { writer, reader, write } = pair();
    const [missing, seen] = [write('missing'), write('seen')];
    reader.decrypt(GROUP, ada, seen);
    const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
    const writerAgain = new SenderKeys(stored(writer.snapshot()));
    const readerAgain = new SenderKeys(stored(reader.snapshot()));
    expect(writerAgain.isSharedWith(bob, GROUP)).toBe(true);
    expect(readerAgain.decrypt(GROUP, ada, missing).toString()).toBe('missing');
    expect(readerAgain.decrypt(GROUP, ada, writerAgain.encrypt(GROUP, Buffer.from('next'))).toString()).toBe('next');
    expect(() => readerAgain.decrypt(GROUP, ada, seen)).toThrow('decrypted before');
  });

  it.each([
    ['nothing', {}],
    [
      'a key without its group',
      { senderKeyDistributionMessage: { axolotlSenderKeyDistributionMessage: Buffer.alloc(9) } },
    ],
  ])('are not learned from %s', (_what, message) => {
    const reader = new SenderKeys();
    reader.learn(ada, message);
    expect(reader.snapshot().theirs).toEqual([]);
  });

  it('are refused if malformed', () => {
    const message = { groupId: GROUP, axolotlSenderKeyDistributionMessage: Buffer.from([0x33, 8, 1]) };
    expect(() => new SenderKeys().learn(ada, { senderKeyDistributionMessage: message })).toThrow('malformed');
  });
});
