import { SandboxError, type SandboxErrorCode } from '../errors.js';
import { groupNode, participantNode } from '../network/group-stanza.js';
import type { GroupSettings } from '../network/group.js';
import type { MemberAction, RequestAnswer } from '../network/member-action.js';
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
  const jid = iq.attrs.to ?? '';
  if (child(iq, 'query')) return [groupNode(groups.forMember(jid, account.number), directory)];
  if (child(iq, 'invite')) return [el('invite', { code: groups.invite(account.number, jid, false) })];
  if (child(iq, 'membership_approval_requests')) {
    const group = groups.forAdmin(jid, account.number);
    const requests = [...group.requests].map(([number, askedAt]) => {
      const { attrs } = participantNode(number, group, directory);
      return el('membership_approval_request', { ...attrs, request_time: String(askedAt) });
    });
    return [el('membership_approval_requests', {}, requests)];
  }
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
    case 'description':
      groups.describe(account.number, jid, nodeText(child(request, 'body')));
      return undefined;
    case 'invite': {
      const { code } = request.attrs;
      if (code === undefined) return [el('invite', { code: groups.invite(account.number, jid, true) })];
      return [el('group', { jid: groups.join(account.number, code).jid })];
    }
    case 'membership_requests_action': {
      const [answer] = children(request);
      if (answer?.tag !== 'approve' && answer?.tag !== 'reject') throw notImplemented();
      const { tag } = answer;
      return changeMembers(tag, client, () => {
        const answered = outcomesOf(answer, client, (people) =>
          groups.answerRequests(account.number, jid, tag, people),
        );
        return [el('membership_requests_action', {}, [el(tag, {}, answered)])];
      });
    }
    case 'leave': {
      const left = children(request, 'group').map(({ attrs: { id } }) => el('group', { id }));
      for (const { attrs } of left) groups.leave(account.number, attrs.id ?? '');
      return [el('leave', {}, left)];
    }
    default: {
      const setting = request && settingOf(request);
      if (setting) {
        groups.set(account.number, jid, setting);
        return undefined;
      }
      const action = memberActions.find((each) => each === request?.tag);
      if (!request || !action) throw notImplemented();
      return changeMembers(action, client, () => {
        const outcomes = outcomesOf(request, client, (people) =>
          groups.change(
            account.number,
            jid,
            action,
            people.flatMap((number) => directory.find(number) ?? []),
          ),
        );
        return [el(action, {}, outcomes)];
      });
    }
  }
};

const internalError = 500;

/** Changes who is in a group, or fails as a fault says: it is refused as a whole, or made without an answer. */
function changeMembers(
  action: MemberAction | RequestAnswer,
  { account, companion, network }: Client,
  change: () => IqAnswer,
): IqAnswer {
  const { faults } = network.parts;
  const refusal = faults.takeOfMembers('refuse-members', account.number, action);
  if (refusal) throw new IqError(refusal.code ?? internalError, 'refused');
  const answer = change();
  if (faults.takeOfMembers('lose-members', account.number, action)) {
    companion.link?.disconnect(el('stream:error', { code: '503' }));
  }
  return answer;
}

/** What a request sets; undefined for others. */
function settingOf(request: BinaryNode): Partial<GroupSettings> | undefined {
  switch (request.tag) {
    case 'announcement':
    case 'not_announcement':
      return { announce: request.tag === 'announcement' };
    case 'locked':
    case 'unlocked':
      return { locked: request.tag === 'locked' };
    case 'ephemeral':
      return { ephemeralSeconds: ephemeralSecondsOf(request) };
    case 'not_ephemeral':
      return { ephemeralSeconds: 0 };
    case 'membership_approval_mode':
      return { approval: child(request, 'group_join')?.attrs.state === 'on' };
    default:
      return undefined;
  }
}

function ephemeralSecondsOf({ attrs: { expiration } }: BinaryNode): number {
  const seconds = Number(expiration);
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw new SandboxError('invalid_argument', 'not an expiration');
  return seconds;
}

/** Each participant as named by the client, with an error code if the change failed. */
function outcomesOf(
  request: BinaryNode,
  { network }: Client,
  change: (numbers: readonly string[]) => ReadonlyMap<string, number>,
) {
  const people = children(request, 'participant').map(({ attrs }) => ({
    jid: attrs.jid,
    account: network.directory.byJid(attrs.jid),
  }));
  const outcomes = change(people.flatMap((person) => person.account?.number ?? []));
  return people.map((person) => {
    const outcome = outcomes.get(person.account?.number ?? '') ?? notOnWhatsApp;
    return el('participant', { jid: person.jid, error: outcome === 200 ? undefined : String(outcome) });
  }) satisfies IqAnswer;
}

const notImplemented = (): IqError => new IqError(501, 'feature-not-implemented');
