import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { candidatesFor, namesInHosts, searchIn } from './name-files.js';
import { openNames, type LookUp, type NamesOptions } from './names.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

/** `undefined`: the server is silent. None: there is no such name. */
type Answer = readonly string[] | undefined;

/** The name that is asked for, and whether for IPv4. */
const questionIn = (packet: Buffer) => {
  const labels: string[] = [];
  let at = 12;
  for (let size = packet[at] ?? 0; size > 0; size = packet[at] ?? 0) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + size));
    at += 1 + size;
  }
  return { name: labels.join('.').toLowerCase(), isIPv4: packet.readUInt16BE(at + 1) === 1, end: at + 5 };
};

/** A name server on this machine: where it is, what it was asked, and how it answers at last what it was silent about. */
const nameServer = async (answerTo: (name: string, isIPv4: boolean) => Answer) => {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  const held: (() => Promise<void>)[] = [];
  const endSilence = async (): Promise<void> => void (await Promise.all(held.splice(0).map((answer) => answer())));
  socket.on('message', (packet, { port, address }) => {
    const { name, isIPv4, end } = questionIn(packet);
    if (isIPv4) asked.push(name);
    const answer = (addresses: readonly string[]): Promise<void> => {
      const answers = (isIPv4 ? addresses : []).map((one) =>
        Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...one.split('.').map(Number)]),
      );
      const header = Buffer.from(packet.subarray(0, 12));
      header.writeUInt16BE(addresses.length > 0 ? 0x8180 : 0x8183, 2);
      header.writeUInt16BE(answers.length, 6);
      header.fill(0, 8, 12);
      const message = Buffer.concat([header, packet.subarray(12, end), ...answers]);
      return new Promise((sent) => socket.send(message, port, address, () => sent()));
    };
    const addresses = answerTo(name, isIPv4);
    if (addresses) void answer(addresses);
    else held.push(() => answer([]));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  opened.push(async () => {
    await endSilence();
    socket.close();
  });
  return { server: `127.0.0.1:${socket.address().port}`, asked, endSilence };
};

const knowing =
  (names: Readonly<Record<string, string>>) =>
  (name: string): Answer =>
    name.endsWith('hang.example') ? undefined : names[name] === undefined ? [] : [names[name]];

type Given = Pick<NamesOptions, 'system'> & { readonly hosts?: string; readonly resolv?: string };

const names = async (server: string, { hosts = '', resolv = '', system }: Given = {}): Promise<LookUp> => {
  const directory = await mkdtemp(join(tmpdir(), 'names-'));
  opened.push(() => rm(directory, { recursive: true }));
  const [hostsFile, resolvFile] = [join(directory, 'hosts'), join(directory, 'resolv.conf')];
  await Promise.all([writeFile(hostsFile, hosts), writeFile(resolvFile, resolv)]);
  const nobody = () => Promise.reject(new Error('The system was asked'));
  return openNames({ hostsFile, resolvFile, servers: [server], system: system ?? nobody });
};

const { signal } = new AbortController();
const at = (address: string) => [{ address, family: 4 }];

describe('a name is looked up', () => {
  it('while nobody answers for many others', async () => {
    const { server, asked, endSilence } = await nameServer(knowing({ 'shop.example': '8.8.8.8' }));
    const lookUp = await names(server);
    let failed = 0;
    const silent = Array.from({ length: 50 }, (_, n) => lookUp(`${n}.hang.example`, signal).catch(() => (failed += 1)));
    expect(await lookUp('shop.example', signal)).toEqual(at('8.8.8.8'));
    expect(failed).toBe(0);
    expect(new Set(asked).size).toBe(51);
    await endSilence();
    await Promise.all(silent);
    expect(failed).toBe(50);
  });

  it('in the hosts file first, whichever case it is in', async () => {
    const { server, asked } = await nameServer(knowing({ 'host.docker.internal': '8.8.8.8' }));
    const lookUp = await names(server, { hosts: '172.17.0.1\thost.docker.internal # from Docker\n' });
    expect(await lookUp('Host.docker.internal', signal)).toEqual(at('172.17.0.1'));
    expect(asked).toEqual([]);
  });

  it('in the search domains, as on Kubernetes', async () => {
    const resolv = 'search shops.svc.cluster.local svc.cluster.local\noptions ndots:5\n';
    const { server } = await nameServer(
      knowing({ 'n8n.automation.svc.cluster.local': '10.0.0.7', 'shop.example': '8.8.8.8' }),
    );
    const lookUp = await names(server, { resolv });
    expect(await lookUp('n8n.automation', signal)).toEqual(at('10.0.0.7'));
    expect(await lookUp('shop.example', signal)).toEqual(at('8.8.8.8'));
    await expect(lookUp('n8n.automation.', signal)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('by its short name, as on a network of Docker', async () => {
    const { server } = await nameServer(knowing({ n8n: '172.18.0.3' }));
    const lookUp = await names(server, { resolv: 'nameserver 127.0.0.11\noptions ndots:0\n' });
    expect(await lookUp('n8n', signal)).toEqual(at('172.18.0.3'));
  });

  it('although its server never answers for IPv6', async () => {
    const { server } = await nameServer((_name, isIPv4) => (isIPv4 ? ['8.8.8.8'] : undefined));
    expect(await (await names(server))('shop.example', signal)).toEqual(at('8.8.8.8'));
  });

  it('is an address already', async () => {
    const lookUp = await names('127.0.0.1:1');
    expect(await lookUp('::1', signal)).toEqual([{ address: '::1', family: 6 }]);
  });
});

describe('the system looks up', () => {
  it('names of the own network that the servers do not know, and no others', async () => {
    const { server } = await nameServer(knowing({}));
    const lookUp = await names(server, { system: async () => at('192.168.1.7') });
    expect(await lookUp('homeassistant.local', signal)).toEqual(at('192.168.1.7'));
    expect(await lookUp('printer', signal)).toEqual(at('192.168.1.7'));
    await expect(lookUp('shop.example', signal)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('one name at a time, and none for which nobody waits any more', async () => {
    const { server } = await nameServer(knowing({}));
    const asked: string[] = [];
    const ends: (() => void)[] = [];
    const started = new Promise<void>((resolve) => ends.push(resolve));
    const answered = new Promise<void>((resolve) => ends.push(resolve));
    const lookUp = await names(server, {
      system: async (name) => {
        asked.push(name);
        ends[0]?.();
        if (name === 'one.local') await answered;
        return at('192.168.1.7');
      },
    });
    const first = lookUp('one.local', signal);
    await started;
    const gone = new AbortController();
    const second = lookUp('two.local', gone.signal).catch((error: unknown) => error);
    const third = lookUp('three.local', signal);
    await lookUp('shop.example', signal).catch(() => undefined); // asked last: meanwhile the others wait for the system
    expect(asked).toEqual(['one.local']);
    gone.abort();
    ends[1]?.();
    await Promise.all([first, third]);
    expect(await second).toMatchObject({ name: 'AbortError' });
    expect(asked).toEqual(['one.local', 'three.local']);
  });
});

describe('the files of the system', () => {
  it('hosts: any number of names and addresses, and comments', () => {
    const hosts = namesInHosts('127.0.0.1 localhost me\n::1\tlocalhost\n# 10.0.0.1 old\nnonsense shop\n');
    expect(hosts.get('localhost')).toEqual([
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
    expect([...hosts.keys()]).toEqual(['localhost', 'me']);
  });

  it.each([
    ['', { domains: [], ndots: 1 }],
    ['domain corp.example\n', { domains: ['corp.example'], ndots: 1 }],
    [
      'search a.example. b.example\noptions edns0 ndots:2\n; search old.example\n',
      { domains: ['a.example', 'b.example'], ndots: 2 },
    ],
    ['search .\noptions ndots:99\n', { domains: [], ndots: 15 }],
  ])('resolv.conf: %j', (text, search) => expect(searchIn(text)).toEqual(search));

  it('a short name is completed first, a long one last, and one with a final dot never', () => {
    const search = { domains: ['a.example'], ndots: 1 };
    expect(candidatesFor('n8n', search)).toEqual(['n8n.a.example', 'n8n']);
    expect(candidatesFor('shop.example', search)).toEqual(['shop.example', 'shop.example.a.example']);
    expect(candidatesFor('n8n.', search)).toEqual(['n8n']);
  });
});
