import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import * as fc from 'fast-check';
import { frame } from '../../libs/whatsapp-sandbox/transport/frames.js';
import { el, encodeNode, type BinaryNode } from '../../libs/whatsapp-sandbox/transport/wire.js';
import type { HostileClient } from '../support/sandbox/hostile-client.js';
import { anyNode, spoiledStanza } from '../support/sandbox/stanzas.js';
import { bytes, check, FuzzedSandbox } from './support/fuzzing.js';
import { waitUntil } from './support/wait-until.js';

const stanzasPerRun = 40;
const minCases = 8_000;

describe('malformed input of a client that is logged in', () => {
  let fuzzed: FuzzedSandbox;
  let client: HostileClient | undefined;

  beforeAll(async () => {
    fuzzed = await FuzzedSandbox.start();
  });
  afterAll(async () => {
    await client?.leave();
    await fuzzed.stop(minCases);
  });

  /** Sends all of it; the client must be dropped or still be served. */
  const send = (input: fc.Arbitrary<readonly Uint8Array[]>, numRuns: number): Promise<void> =>
    check(input, numRuns, async (sent) => {
      if (!client || client.isClosed) client = await fuzzed.account.connect();
      for (const plain of sent) client.sendPlain(plain);
      fuzzed.cases += (await client.isServed()) ? sent.length : 1;
    });

  /** Each input must get the client dropped. */
  const sendAndExpectDrop = (input: fc.Arbitrary<(client: HostileClient) => void>, numRuns: number): Promise<void> =>
    check(input, numRuns, async (sendTo) => {
      const dropped = await fuzzed.account.connect();
      sendTo(dropped);
      await dropped.dropped();
      fuzzed.cases += 1;
    });

  it('does not harm others: frames that are not nodes', async () => {
    const single = (input: fc.Arbitrary<Uint8Array>) => input.map((plain) => [plain]);
    await send(single(bytes(200)), 100);
    const flagged = fc
      .tuple(fc.constantFrom(0, 1, 2, 3, 255), bytes(150))
      .map(([flag, body]) => Buffer.of(flag, ...body));
    await send(single(flagged), 100);
    const cut = fc.tuple(anyNode, fc.nat()).map(([node, at]) => {
      const whole = encodeNode(node);
      return whole.subarray(0, at % whole.length);
    });
    await send(single(cut), 100);
    const compressed = anyNode.map((node) => Buffer.of(2, ...deflateSync(encodeNode(node).subarray(1))));
    await send(single(compressed), 100);
    await waitUntil(...fuzzed.nextRoundTrip());
  });

  it('does not harm others: frames with wrong MACs', async () => {
    const spoiled = fc.tuple(anyNode, fc.nat(), fc.integer({ min: 1, max: 255 }));
    await sendAndExpectDrop(
      spoiled.map(([node, at, flip]) => (client) => {
        const sealed = client.seal(encodeNode(node));
        sealed[at % sealed.length]! ^= flip;
        client.sendBytes(frame(sealed));
      }),
      150,
    );
    await sendAndExpectDrop(
      bytes(100).map((body) => (client) => client.sendBytes(frame(body))),
      50,
    );
    await waitUntil(...fuzzed.nextRoundTrip());
  });

  it('does not harm others: nodes and frames that are too large', async () => {
    const node = fc.oneof(
      fc.integer({ min: 4_097, max: 20_000 }).map((length) => el('iq', { id: 'x'.repeat(length) })),
      fc.integer({ min: 25, max: 400 }).map((depth) => {
        let nested = el('iq');
        for (let level = 0; level < depth; level++) nested = el('iq', {}, [nested]);
        return nested;
      }),
      fc.integer({ min: 4_097, max: 9_000 }).map((count) => {
        const list = el('list', {}, Array<BinaryNode>(count).fill(el('item', { id: 'n' })));
        return el('receipt', { id: 'm', to: `${fuzzed.account.phone.number}@s.whatsapp.net`, type: 'read' }, [list]);
      }),
    );
    await sendAndExpectDrop(
      node.map((large) => (client) => client.sendNode(large)),
      100,
    );
    const length = fc.integer({ min: 2 ** 21 + 1, max: 2 ** 24 - 1 });
    await sendAndExpectDrop(
      length.map((value) => (client) => {
        client.sendBytes(Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]));
      }),
      50,
    );
    await waitUntil(...fuzzed.nextRoundTrip());
  });

  it('does not harm others: stanzas with invalid parts', async () => {
    const stanza = fc.oneof({ weight: 1, arbitrary: anyNode }, { weight: 6, arbitrary: spoiledStanza(fuzzed.scene) });
    const batch = fc.array(stanza.map(encodeNode), {
      minLength: stanzasPerRun,
      maxLength: stanzasPerRun,
      size: 'max',
    });
    await send(batch, 380);
    await waitUntil(...fuzzed.nextRoundTrip());
  });
});
