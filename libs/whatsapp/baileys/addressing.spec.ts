import { beforeEach, describe, expect, it } from '@jest/globals';
import { Addressing } from './addressing.js';

type Socket = ConstructorParameters<typeof Addressing>[0];

const me = { id: '491701111111:3@s.whatsapp.net', lid: '111111111111111:3@lid' };
const jids = Array.from({ length: 1000 }, (_, index) => `4917${String(index).padStart(8, '0')}@s.whatsapp.net`);
const [ada, bob] = jids as [string, string];

/** What WhatsApp was asked for. */
let asked: (readonly string[])[];
/** The LIDs that it tells. */
let lids: ReadonlyMap<string, string>;
let addressing: Addressing;

beforeEach(() => {
  asked = [];
  lids = new Map();
  const getLIDsForPNs = async (pns: readonly string[]) => {
    asked.push(pns);
    const found = pns.flatMap((pn) => (lids.has(pn) ? { pn, lid: lids.get(pn)! } : []));
    return found.length > 0 ? found : null;
  };
  const getLIDForPN = async (pn: string) => (await getLIDsForPNs([pn]))?.[0]?.lid ?? null;
  const socket = { signalRepository: { lidMapping: { getLIDsForPNs, getLIDForPN } }, authState: { creds: { me } } };
  addressing = new Addressing(socket as unknown as Socket);
});

describe('the addresses of a status post', () => {
  it('are LIDs where WhatsApp tells them, and the account’s own', async () => {
    lids = new Map([[ada, '222222222222222@lid']]);
    const found = await addressing.ofPost([bob, ada, '333333333333333@lid']);
    expect(found).toEqual([bob, '222222222222222@lid', '333333333333333@lid', '111111111111111@lid']);
  });

  it('are asked for at once, and those that WhatsApp does not tell not again', async () => {
    const addresses = await addressing.ofPost(jids);
    expect(addresses).toEqual([...jids, '111111111111111@lid']);
    expect(asked).toEqual([jids]);
    await addressing.ofPost(jids);
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => addressing.of(`4916${index + 1_000_000}@s.whatsapp.net`)),
    );
    expect(await addressing.ofPost(jids)).toEqual(addresses);
    expect(asked.filter((pns) => pns.length > 1)).toEqual([jids]);
  });
});
