import { eventually } from '../../support/eventually.js';
import type { SandboxPhone } from '../../support/waybill-sandbox.js';
import type { Written } from './incoming.js';
import type { Offered } from './outgoing.js';
import type { Party, World } from './world.js';

type PhoneMessage = {
  readonly id: string;
  readonly direction: string;
  readonly from: string;
  readonly text?: string;
  readonly duplicate?: boolean;
  readonly status?: string;
};
type Recorded = { readonly status: string; readonly text?: { readonly body: string }; readonly from: string };
type Page = { readonly data: readonly Recorded[]; readonly next: string | null };

/** A promise that broke, and the text of the message concerned, or of both. */
export type Violation = {
  readonly promise: string;
  readonly text: string;
  readonly otherText?: string;
  readonly detail: string;
};

const settleTimeoutMs = 120_000;
const confirmedStatuses: readonly string[] = ['delivered', 'read', 'played'];

/** Waits until nothing is open: no message waits to be sent, and what was written to the sessions is recorded. Returns what is still open. */
export async function waitUntilSettled(world: World, written: readonly Written[]): Promise<readonly Violation[]> {
  let open: readonly Recorded[] = [];
  const check = async () => {
    open = [...(await list(world, 'status=queued')), ...(await list(world, 'status=scheduled'))];
    const incoming = new Set((await list(world, 'direction=incoming')).map(({ text }) => text?.body));
    return open.length === 0 && written.every(({ text }) => incoming.has(text));
  };
  await eventually(check, settleTimeoutMs).catch(() => undefined);
  return open.map(({ text, status }) => ({ promise: 'nothing is open', text: text?.body ?? '', detail: status }));
}

async function list(world: World, query: string): Promise<readonly Recorded[]> {
  const found: Recorded[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const next = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await world.ask(`GET /v1/messages?limit=100&${query}${next}`);
    if (answer?.status !== 200) throw new Error(`The list of messages answered ${answer?.status}: ${answer?.text}`);
    const page = answer.body as Page;
    found.push(...page.data);
    cursor = page.next;
  }
  return found.toReversed();
}

/** Compares what the service accepted with what the phones show. `nacks` is how many messages WhatsApp refused. */
export async function judgeOutgoing(
  world: World,
  all: readonly Offered[],
  nacks: number,
): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  let failures = 0;
  for (const party of world.parties) {
    for (const friend of party.friends) {
      const shown = await shownTo(world, friend, party.session.phone);
      const chat = all.filter((message) => message.party === party && message.friend === friend);
      const kept: Offered[] = [];
      const records = new Map<string, string>();
      for (const message of chat) {
        const { text } = message;
        const copies = shown.filter((each) => each.text === text);
        const answer = message.id === undefined ? undefined : await world.ask(`GET /v1/messages/${message.id}`);
        records.set(text, answer?.text ?? '');
        const { status = '' } = (answer?.body ?? {}) as Partial<Recorded>;
        const say = (promise: string): unknown =>
          violations.push({
            promise,
            text,
            detail: `${copies.length} shown, record: ${answer?.text ?? message.refusal}`,
          });
        if (status === 'failed') failures += 1;
        if (copies.length > 1) say('a message is shown once');
        if (message.cancelAnswers.includes(200) && copies.length > 0) say('a canceled message never shows');
        if (message.cancelAnswers.includes(404)) say('an accepted message is never denied');
        if (message.refusal !== undefined && copies.length > 0) say('a refused message never shows');
        if (message.refusal?.startsWith('never')) say('a request is answered');
        if (message.id !== undefined && answer?.status !== 200) say('an accepted message is never denied');
        if (['sent', ...confirmedStatuses].includes(status) && copies.length === 0)
          say('an accepted message is not lost');
        if (['failed', 'canceled'].includes(status) && copies.length > 0) say('the record follows the proof');
        if (status === 'canceled' && message.cancelAnswers.length === 0) say('an accepted message is not lost');
        if (copies.length > 0 && !message.scheduled) kept.push(message);
      }
      const misplaced = outOfOrder(
        'what is shown is in order',
        kept.map(({ text }) => text),
        shown.map(({ text }) => text ?? ''),
      );
      for (const { otherText = '', detail, ...violation } of misplaced) {
        const both = [violation.text, otherText].map((text) => records.get(text)).join('; ');
        violations.push({ ...violation, otherText, detail: `${detail}, records: ${both}` });
      }
    }
  }
  if (failures > nacks) {
    const detail = `${failures} messages failed, but WhatsApp refused ${nacks}`;
    violations.push({ promise: 'an accepted message is not lost', text: 'world', detail });
  }
  return violations;
}

const shownTo = async (world: World, friend: SandboxPhone, from: SandboxPhone): Promise<readonly PhoneMessage[]> =>
  (await world.sandbox.messages<PhoneMessage>(friend.number)).filter(
    ({ direction, from: author, duplicate }) => direction === 'incoming' && author === from.number && !duplicate,
  );

/** Compares what friends wrote with what is on record. */
export async function judgeIncoming(world: World, written: readonly Written[]): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  for (const party of world.parties) {
    for (const friend of party.friends) {
      const query = `direction=incoming&sessionId=${party.session.id}&chat=${encodeURIComponent(`+${friend.number}`)}`;
      const recorded = (await list(world, query)).map(({ text }) => text?.body ?? '(no text)');
      const wanted = writtenBy(written, party, friend);
      for (const text of new Set(recorded)) {
        const count = recorded.filter((each) => each === text).length;
        const detail = `recorded ${count} times`;
        if (count > 1) violations.push({ promise: 'what comes in is recorded once', text, detail });
        if (!wanted.includes(text)) violations.push({ promise: 'what comes in is what was written', text, detail });
      }
      for (const text of wanted.filter((each) => !recorded.includes(each))) {
        violations.push({ promise: 'what comes in is not lost', text, detail: 'not recorded' });
      }
      violations.push(...outOfOrder('what comes in is recorded in order', wanted, recorded));
    }
  }
  return violations;
}

const writtenBy = (written: readonly Written[], party: Party, friend: SandboxPhone): readonly string[] =>
  written.filter((each) => each.party === party && each.friend === friend).map(({ text }) => text);

/** The texts that come before one that should come earlier; texts that are missing or unknown do not count. */
function outOfOrder(promise: string, wanted: readonly string[], seen: readonly string[]): readonly Violation[] {
  const places = wanted.map((text) => seen.indexOf(text)).map((place, index) => ({ place, text: wanted[index]! }));
  const present = places.filter(({ place }) => place >= 0);
  return present.flatMap(({ place, text }, index) => {
    const before = present[index - 1];
    if (!before || before.place <= place) return [];
    return [{ promise, text, otherText: before.text, detail: `comes before "${before.text}"` }];
  });
}
