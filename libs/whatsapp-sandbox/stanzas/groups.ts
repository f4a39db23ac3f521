import { SandboxError, type SandboxErrorCode } from '../errors.js';
import { groupNode } from '../network/group-stanza.js';
import type { MemberAction } from '../network/groups.js';
import { child, children, el, nodeText, type BinaryNode } from '../transport/wire.js';
import { IqError, type Client, type IqAnswer, type IqHandler, type IqHandlers } from './client.js';

const iqErrors: { readonly [C in SandboxErrorCode]?: readonly [code: number, text: string] } = {
  invalid_argument: [406, 'not-acceptable'],
  not_allowed: [403, 'forbidden'],
  not_found: [404, 'item-not-found'],
};
const memberActions: readonly MemberAction[] = ['add', 'remove', 'promote', 'demote'];
const notOnWhatsApp = 404;

/** Queries and changes of groups. */
export const groupHandlers: IqHandlers = {
  'w:g2': (iq, client) => {
    try {
      return iq.attrs.type === 'get' ? answerGet(iq, client) : answerSet(iq, client);
    } catch (error) {
      const refusal = error instanceof SandboxError ? iqErrors[error.code] : undefined;
      if (!refusal) throw error;
      throw new IqError(...refusal);
    }
  },
};

const answerGet: IqHandler = (iq, { account, network: { groups, directory } }) => {
  if (child(iq, 'participating')) {
    return [
      el(
        'groups',
        {},
        groups.of(account.number).map((group) => groupNode(group, directory)),
      ),
    ];
  }
  if (child(iq, 'query')) return [groupNode(groups.forMember(iq.attrs.to ?? '', account.number), directory)];
  throw notImplemented();
};

const answerSet: IqHandler = (iq, client) => {
  const { account, network } = client;
  const { groups, directory } = network;
  const jid = iq.attrs.to ?? '';
  const [request] = children(iq);
  switch (request?.tag) {
    case 'create': {
      const { subject = '', key } = request.attrs;
      const members = children(request, 'participant').flatMap(({ attrs }) => directory.byJid(attrs.jid) ?? []);
      return [groupNode(groups.create(account.number, { subject, members, key }), directory)];
    }
    case 'subject':
      groups.rename(account.number, jid, nodeText(request));
      return undefined;
    case 'leave': {
      const left = children(request, 'group').map(({ attrs: { id } }) => el('group', { id }));
      for (const { attrs } of left) groups.leave(account.number, attrs.id ?? '');
      return [el('leave', {}, left)];
    }
    default: {
      const action = memberActions.find((each) => each === request?.tag);
      if (!request || !action) throw notImplemented();
      return [el(action, {}, changeMembers(request, jid, action, client))];
    }
  }
};

/** Changes members. Returns each participant as named by the client, with an error code if the change failed. */
function changeMembers(request: BinaryNode, jid: string, action: MemberAction, { account, network }: Client) {
  const people = children(request, 'participant').map(({ attrs }) => ({
    jid: attrs.jid,
    account: network.directory.byJid(attrs.jid),
  }));
  const known = people.flatMap((person) => person.account ?? []);
  const outcomes = network.groups.change(account.number, jid, action, known);
  return people.map((person) => {
    const outcome = outcomes.get(person.account?.number ?? '') ?? notOnWhatsApp;
    return el('participant', { jid: person.jid, error: outcome === 200 ? undefined : String(outcome) });
  }) satisfies IqAnswer;
}

const notImplemented = (): IqError => new IqError(501, 'feature-not-implemented');
