import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { ParticipantAction, ParticipantOutcome } from '#lib/whatsapp';
import type { CommandContext } from '../platform/command-context.js';
import { LOG } from '../platform/tokens.js';
import { MESSENGER, type Messenger } from '../sessions/whatsapp.contract.js';
import { lookUpPeople } from './asked-people.js';
import { GroupsService, type FoundGroup } from './groups.service.js';
import {
  failureOf,
  mayBeDone,
  resultsOfChanges,
  type AskedChange,
  type ChangeResult,
  type MemberChange,
  type TriedChange,
} from './member-changes.rules.js';

type Named<Change extends MemberChange> = readonly (readonly [change: Change, texts: readonly string[]])[];

/**
 * Changes who is in groups. A request may take several questions to WhatsApp, one after the other. Once one has failed, the rest are not asked; what
 * was done before is told and recorded all the same. @throws {NotConnected} @throws {QueryFailed} nothing was done
 */
@Injectable()
export class MemberChanges {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    private readonly groups: GroupsService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Looks up all people before anything is done. Those whose number WhatsApp leaves unanswered are left out, with `not_answered`. */
  async change(
    group: FoundGroup,
    named: Named<ParticipantAction>,
    context: CommandContext,
  ): Promise<{ readonly group: FoundGroup; readonly results: readonly ChangeResult<ParticipantAction>[] }> {
    const { sessionId, chat } = group;
    const tried = await inTurn(await this.lookedUp(sessionId, named), (action, jids) =>
      this.messenger.groups.changeParticipants(sessionId, chat, action, jids),
    );
    return this.conclude(group, tried, context);
  }

  async answerRequests(
    group: FoundGroup,
    named: Named<'approve' | 'reject'>,
    context: CommandContext,
  ): Promise<readonly ChangeResult<'approve' | 'reject'>[]> {
    const { sessionId, chat } = group;
    const asking = await this.messenger.groups.joinRequests(sessionId, chat);
    const asked = (await this.lookedUp(sessionId, named)).map(({ change, people }) => ({
      change,
      people: people.map((person) => {
        const known = asking.find((each) => each.phoneNumber === person.phoneNumber || each.lid === person.jid);
        return known ? { ...person, jid: known.jid } : person;
      }),
    }));
    const tried = await inTurn(asked, (answer, jids) =>
      this.messenger.groups.answerJoinRequests(sessionId, chat, answer, jids),
    );
    return (await this.conclude(group, tried, context)).results;
  }

  private async lookedUp<Change extends MemberChange>(
    sessionId: string,
    named: Named<Change>,
  ): Promise<readonly AskedChange<Change>[]> {
    const found: AskedChange<Change>[] = [];
    for (const [change, texts] of named) {
      found.push({ change, people: await lookUpPeople(this.messenger, sessionId, texts) });
    }
    return found;
  }

  /** Where WhatsApp does not say how the group is now, it is answered as it was; its next notice, or connection, brings the change on record. */
  private async conclude<Change extends MemberChange>(
    group: FoundGroup,
    tried: readonly TriedChange<Change>[],
    context: CommandContext,
  ): Promise<{ readonly group: FoundGroup; readonly results: readonly ChangeResult<Change>[] }> {
    const failed = tried.find((each) => each.kind === 'failed');
    const refused = failed && !mayBeDone(failed.error) && failureOf(tried, []);
    if (refused) throw refused.error;
    const groupId = group.id;
    if (failed) this.log.warn({ err: failed.error, groupId, change: failed.change }, 'A change of a group failed');
    const now = await this.groups.refreshed(group, context);
    const results = resultsOfChanges(tried, now?.participants);
    const failure = failureOf(tried, results);
    if (failure) throw failure.error;
    return { group: now ?? group, results };
  }
}

const inTurn = async <Change extends MemberChange>(
  asked: readonly AskedChange<Change>[],
  ask: (change: Change, jids: readonly string[]) => Promise<readonly ParticipantOutcome[]>,
): Promise<readonly TriedChange<Change>[]> => {
  const tried: TriedChange<Change>[] = [];
  for (const { change, people } of asked) {
    const jids = people.flatMap(({ jid }) => jid ?? []);
    if (jids.length === 0) {
      tried.push({ change, people, kind: 'answered', outcomes: [] });
    } else if (tried.some(({ kind }) => kind === 'failed')) {
      tried.push({ change, people, kind: 'skipped' });
    } else {
      try {
        tried.push({ change, people, kind: 'answered', outcomes: await ask(change, jids) });
      } catch (error) {
        tried.push({ change, people, kind: 'failed', error });
      }
    }
  }
  return tried;
};
