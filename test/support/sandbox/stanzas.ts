import * as fc from 'fast-check';
import { el, type BinaryNode } from '../../../libs/whatsapp-sandbox/transport/wire.js';

/** Existing entities to which stanzas refer, so that some of them are valid. */
export type Scene = {
  /** Number of the hostile client. */
  readonly self: string;
  /** Number of an existing contact. */
  readonly other: string;
  readonly group: string;
  /** Id of a message that `other` sent to `self`. */
  readonly message: string;
};

const key = (id: number): BinaryNode =>
  el('key', {}, [el('id', {}, Buffer.from([0, 0, id])), el('value', {}, Buffer.alloc(32, id))]);
const enc = (type = 'msg'): BinaryNode => el('enc', { v: '2', type }, Buffer.alloc(60, 3));

/** A (nearly) valid stanza for everything that the server handles. */
function stanzasOf({ self, other, group, message }: Scene): readonly BinaryNode[] {
  const [me, you] = [`${self}@s.whatsapp.net`, `${other}@s.whatsapp.net`];
  const iq = (xmlns: string, type: 'get' | 'set', content: BinaryNode[], to = '@s.whatsapp.net'): BinaryNode =>
    el('iq', { id: 'q', to, type, xmlns }, content);
  const usync = el('usync', { sid: 's', mode: 'query', context: 'message', index: '0', last: 'true' }, [
    el('query', {}, [el('devices', { version: '2' }), el('lid'), el('contact'), el('status')]),
    el('list', {}, [el('user', { jid: you }), el('user', {}, [el('contact', {}, `+${other}`)])]),
  ]);
  const skey = el('skey', {}, [...(key(1).content as BinaryNode[]), el('signature', {}, Buffer.alloc(64, 1))]);
  const patch = el('patch', {}, Buffer.from([0x0a, 2, 8, 1]));
  const collection = el('collection', { name: 'regular', version: '0' }, [patch]);
  return [
    iq('abt', 'get', [el('props', { protocol: '1' })]),
    iq('blocklist', 'get', []),
    iq('privacy', 'get', [el('privacy')]),
    iq('w:m', 'set', [el('media_conn')]),
    iq('w:mex', 'get', [el('query', { query_id: '1' }, Buffer.from('{}'))]),
    iq('encrypt', 'get', [el('count')]),
    iq('encrypt', 'get', [el('digest')]),
    iq('encrypt', 'get', [el('key', {}, [el('user', { jid: you }), el('user', { jid: me, reason: 'identity' })])]),
    iq('encrypt', 'set', [el('registration', {}, Buffer.alloc(4)), el('list', {}, [key(1), key(2)]), skey]),
    iq('encrypt', 'set', [el('rotate', {}, [skey])]),
    iq('passive', 'set', [el('active')]),
    iq('usync', 'get', [usync]),
    iq('w:sync:app:state', 'set', [el('sync', {}, [collection, el('collection', { name: 'critical_block' })])]),
    iq('w:g2', 'get', [el('query', { request: 'interactive' })], group),
    iq('w:g2', 'get', [el('participating', {}, [el('participants'), el('description')])], '@g.us'),
    iq('w:g2', 'set', [el('create', { subject: 'Hostile', key: 'k' }, [el('participant', { jid: you })])], '@g.us'),
    iq('w:g2', 'set', [el('add', {}, [el('participant', { jid: you })])], group),
    iq('w:g2', 'set', [el('remove', {}, [el('participant', { jid: you })])], group),
    iq('w:g2', 'set', [el('subject', {}, Buffer.from('Subject'))], group),
    iq('md', 'set', [el('link_code_companion_reg', { stage: 'companion_finish', jid: me }, [])]),
    el('iq', { id: 'q', type: 'result' }),
    el('message', { id: 'm', to: you, type: 'text' }, [
      el('participants', {}, [el('to', { jid: you }, [enc('pkmsg')]), el('to', { jid: me }, [enc()])]),
      el('device-identity', {}, Buffer.alloc(20)),
      el('meta', { polltype: 'creation' }),
    ]),
    el('message', { id: 'm', to: group, type: 'text', addressing_mode: 'lid' }, [
      el('participants', {}, [el('to', { jid: you }, [enc('pkmsg')])]),
      enc('skmsg'),
    ]),
    el('message', { id: 'm', to: me, type: 'text', category: 'peer' }, [enc()]),
    el('message', { id: 'm', to: you, recipient: you, participant: you, type: 'media', edit: '1' }, [enc('skmsg')]),
    el('receipt', { id: message, to: you }),
    el('receipt', { id: 'm', to: you, type: 'read' }, [el('list', {}, [el('item', { id: 'n' }), el('item')])]),
    el('receipt', { id: 'm', to: group, participant: you, type: 'played' }),
    el('receipt', { id: message, to: you, type: 'retry' }, [
      el('retry', { count: '1', id: message, t: '1', v: '1' }),
      el('registration', {}, Buffer.alloc(4)),
      el('keys', {}, [el('type', {}, Buffer.from([5])), el('identity', {}, Buffer.alloc(32, 9)), key(3), skey]),
    ]),
    el('ack', { id: 'm', class: 'message', error: '500' }),
    el('ack', { id: 'm', class: 'receipt', to: you }),
    el('presence', { name: 'Hostile', type: 'available' }),
    el('chatstate', { to: you }, [el('composing')]),
    el('ib', {}, [el('offline_batch', { count: '100' })]),
    el('notification', { id: 'n', type: 'encrypt' }),
    el('call', { id: 'c', to: you }, [el('offer')]),
  ];
}

const text = fc.oneof(
  fc.constantFrom('', '@', 'a@', '@lid', '@g.us', '1@g.us', 'status@broadcast', '1:2:3@lid', ':@s.whatsapp.net'),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'result', 'retry', 'peer'),
  fc.constantFrom('-1', '0', '1', '255', '256', '1e9', 'NaN', '99999999999999999999', '4294967296', '0x10', '1.5'),
  fc.constantFrom('\0', '\n', '\ud800', 'é'.repeat(300), '../../state.json', 'x'.repeat(4_000), '1'.repeat(200)),
  fc.constantFrom('15550001111@s.whatsapp.net', '15550001111:1@s.whatsapp.net', '15550001111:300@lid'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const name = fc.oneof(
  fc.constantFrom('id', 'to', 'type', 'xmlns', 'jid', 'class', 'participant', 'recipient', 'category', 'edit'),
  fc.constantFrom('version', 'name', 'count', 'reason', 'v', 'mediatype', 'stage', 'subject', 'key', 'from', 't'),
  text,
);
const tag = fc.oneof(
  fc.constantFrom('iq', 'message', 'receipt', 'ack', 'enc', 'to', 'list', 'user', 'key', 'skey', 'id', 'value'),
  fc.constantFrom('registration', 'identity', 'keys', 'retry', 'patch', 'collection', 'participant', 'meta', 'item'),
  text.filter((value) => value !== ''),
);
const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
const attrs = fc.dictionary(name, text, { maxKeys: 4, noNullPrototype: true });
const { node } = fc.letrec<{ node: BinaryNode }>((tie) => ({
  node: fc
    .tuple(
      tag,
      attrs,
      fc.oneof({ maxDepth: 3 }, fc.constant(undefined), bytes, text, fc.array(tie('node'), { maxLength: 4 })),
    )
    .map(([tag, attrs, content]) => (content === undefined ? { tag, attrs } : { tag, attrs, content })),
}));

/** An arbitrary node. */
export const anyNode = node;

/** A change of one node; `where` is its index, counted from the outermost. */
type Change = { readonly where: number; readonly change: (node: BinaryNode) => BinaryNode };
const change: fc.Arbitrary<Change['change']> = fc.oneof(
  fc
    .tuple(name, text)
    .map(([name, value]) => (node: BinaryNode) => ({ ...node, attrs: { ...node.attrs, [name]: value } })),
  fc.nat(5).map((index) => (node: BinaryNode) => {
    const kept = Object.entries(node.attrs).filter((_, at) => at !== index);
    return { ...node, attrs: Object.fromEntries(kept) };
  }),
  tag.map((tag) => (node: BinaryNode) => ({ ...node, tag })),
  fc
    .oneof(bytes, text, fc.array(node, { maxLength: 3 }))
    .map((content) => (node: BinaryNode) => ({ ...node, content })),
  fc.constant(({ tag, attrs }: BinaryNode) => ({ tag, attrs })),
  fc.integer({ min: 2, max: 40 }).map((times) => (node: BinaryNode) => {
    if (!Array.isArray(node.content) || node.content.length === 0) return node;
    return { ...node, content: Array.from({ length: times }, () => node.content as BinaryNode[]).flat() };
  }),
  fc.integer({ min: 1, max: 20 }).map((depth) => (node: BinaryNode) => {
    let wrapped = node;
    for (let level = 0; level < depth; level++) wrapped = { tag: node.tag, attrs: node.attrs, content: [wrapped] };
    return wrapped;
  }),
);

const flatten = (node: BinaryNode): BinaryNode[] => [
  node,
  ...(Array.isArray(node.content) ? node.content.flatMap(flatten) : []),
];

function apply(node: BinaryNode, { where, change }: Change): BinaryNode {
  const all = flatten(node);
  const target = all[where % all.length];
  const rebuild = (each: BinaryNode): BinaryNode => {
    if (each === target) return change(each);
    return Array.isArray(each.content) ? { ...each, content: each.content.map(rebuild) } : each;
  };
  return rebuild(node);
}

/** A stanza with a few random changes. */
export const spoiledStanza = (scene: Scene): fc.Arbitrary<BinaryNode> =>
  fc
    .tuple(
      fc.constantFrom(...stanzasOf(scene)),
      fc.array(fc.record({ where: fc.nat(40), change }), { minLength: 1, maxLength: 4 }),
    )
    .map(([stanza, changes]) => changes.reduce(apply, stanza));
