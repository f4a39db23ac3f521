import { describe, expect, it } from '@jest/globals';
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import { allAnswered, answerFor } from '../all-answered.js';
import { QueryFailed } from '../errors.js';
import { checkNumbers } from './number-check.js';

type User = { readonly id: string; readonly contact: object; readonly lid?: string };

/** A socket on which WhatsApp answers with these users. */
const answering = (...list: readonly User[]): Pick<WASocket, 'executeUSyncQuery'> => ({
  executeUSyncQuery: () => Promise.resolve({ list: [...list], sideList: [] }),
});
/** One on which it answers like this, as Baileys reads it. */
const answeringWith = (answer: BinaryNode | undefined): Pick<WASocket, 'executeUSyncQuery'> => ({
  executeUSyncQuery: async (query) => query.parseUSyncQueryResult(answer),
});
/** The same with these nodes in its list. */
const answeringNodes = (...users: readonly BinaryNode[]): Pick<WASocket, 'executeUSyncQuery'> => {
  const list: BinaryNode = { tag: 'list', attrs: {}, content: [...users] };
  const usync: BinaryNode = { tag: 'usync', attrs: {}, content: [list] };
  return answeringWith({ tag: 'iq', attrs: { type: 'result' }, content: [usync] });
};
const contactNode = (attrs: BinaryNode['attrs'], content?: BinaryNode['content']): BinaryNode => ({
  tag: 'contact',
  attrs,
  ...(content !== undefined && { content }),
});
const [typed, own, other] = ['+5511987654321', '551187654321@s.whatsapp.net', '+491701234567'];
const lid = '338412907716533@lid';

describe('a look-up of numbers', () => {
  it('knows which question an answer with another spelling belongs to', async () => {
    const socket = answering(
      { id: own, contact: { exists: true, requested: typed }, lid },
      { id: '491701234567@s.whatsapp.net', contact: { exists: false, requested: other } },
    );
    expect(await checkNumbers(socket, [other, typed])).toEqual([
      { phoneNumber: other, exists: false, jid: null, lid: null },
      { phoneNumber: typed, exists: true, jid: own, lid },
    ]);
  });

  it('goes by the order of the answers where they do not repeat the question', async () => {
    const socket = answering(
      { id: '491701234567@s.whatsapp.net', contact: { exists: false } },
      { id: own, contact: { exists: true }, lid },
    );
    expect(await checkNumbers(socket, [other, typed])).toEqual([
      { phoneNumber: other, exists: false, jid: null, lid: null },
      { phoneNumber: typed, exists: true, jid: own, lid },
    ]);
  });

  it('leaves out what WhatsApp leaves out, or answers with an error, be it all of them', async () => {
    const leftOut = answering({ id: own, contact: { exists: true, requested: typed }, lid });
    const answered = await checkNumbers(leftOut, [other, typed]);
    expect(answered).toEqual([{ phoneNumber: typed, exists: true, jid: own, lid }]);
    expect(() => allAnswered([other, typed], answered)).toThrow(QueryFailed);
    expect(allAnswered([typed], answered)).toBe(answered);
    expect(answerFor(typed, answered)).toEqual(answered[0]);
    expect(() => answerFor(other, answered)).toThrow(QueryFailed);
    const error: BinaryNode = { tag: 'error', attrs: { code: '500' } };
    const user = (contact: BinaryNode): BinaryNode => ({ tag: 'user', attrs: { jid: own }, content: [contact] });
    expect(await checkNumbers(answeringNodes(user(contactNode({}, [error]))), [typed])).toEqual([]);
    expect(await checkNumbers(answeringNodes(user(error)), [typed])).toEqual([]);
    expect(await checkNumbers(answeringNodes(), [typed])).toEqual([]);
  });

  it('fails where WhatsApp gives no list, or refuses the whole question', async () => {
    const result = (...content: readonly BinaryNode[]): BinaryNode => ({
      tag: 'iq',
      attrs: { type: 'result' },
      content: [{ tag: 'usync', attrs: {}, content: [...content] }],
    });
    const fails = (answer: BinaryNode | undefined, code: number | null) =>
      expect(checkNumbers(answeringWith(answer), [typed])).rejects.toMatchObject({ name: 'QueryFailed', code });
    const list: BinaryNode = { tag: 'list', attrs: {} };
    const refusal = (code: string): BinaryNode => ({
      tag: 'result',
      attrs: {},
      content: [contactNode({}, [{ tag: 'error', attrs: { code } }])],
    });
    await fails(undefined, null);
    await fails({ tag: 'iq', attrs: { type: 'result' } }, null);
    await fails(result({ tag: 'result', attrs: {} }), null);
    await fails(result(refusal('429'), list), 429);
    expect(await checkNumbers(answeringWith(result({ tag: 'result', attrs: {} }, list)), [typed])).toEqual([]);
  });

  it('takes the answer that a number is not on WhatsApp also without an address', async () => {
    const contact = contactNode({ type: 'out' }, Buffer.from(other));
    expect(await checkNumbers(answeringNodes({ tag: 'user', attrs: {}, content: [contact] }), [other])).toEqual([
      { phoneNumber: other, exists: false, jid: null, lid: null },
    ]);
  });
});
