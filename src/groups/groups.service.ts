import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import type { Group, GroupChange } from '#lib/whatsapp';
import { MEDIA_LIBRARY, type MediaLibrary } from '../media/media-library.contract.js';
import type { ListNames } from '../messaging/person.contract.js';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { PartlyDone } from '../platform/http/problem.js';
import { Streams } from '../platform/streams/streams.js';
import { LOG } from '../platform/tokens.js';
import { MESSENGER, type Messenger } from '../sessions/whatsapp.contract.js';
import { lookUpPeople } from './asked-people.js';
import { isAmong, resultsOf, type PersonResult } from './asked-people.rules.js';
import { groupRequestDecider, type RecordGroupMade, type RequestGroup } from './group-request.decider.js';
import { changed, partsOf, pictureOnly, resultsOfParts } from './group-change.rules.js';
import type { GetGroup, GroupParticipant, GroupView } from './group.contract.js';
import { mayBeDone } from './member-changes.rules.js';
import { groupIdOf, GroupRecorder, type GroupPlace } from './recorder.js';

/** A group whose participants have a `name`: what the account calls them. */
export type FoundGroup = GroupView & {
  readonly participants: readonly (GroupParticipant & { readonly name: string | null })[];
};

/** By how much WhatsApp's clock may differ from ours. */
const clockDifferenceMs = 120_000;

/** Does to groups what users ask for, over the connections of their sessions, and records at once what came of it. */
@Injectable()
export class GroupsService {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary,
    private readonly recorder: GroupRecorder,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly streams: Streams,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @throws {DomainError} `group_not_found` */
  async find(context: CommandContext, userId: string, groupId: string): Promise<FoundGroup> {
    const group = await this.queries.execute<GetGroup>({ type: 'GetGroup', data: { userId, groupId } }, context);
    const { sessionId, account, participants } = group;
    const people = participants.map(({ phoneNumber, lid }) => ({ sessionId, account, phoneNumber, lid }));
    const names = await this.queries.execute<ListNames>({ type: 'ListNames', data: { people } }, context);
    return { ...group, participants: participants.map((each, index) => ({ ...each, name: names[index] ?? null })) };
  }

  /** @throws {DomainError} `group_not_found`, `not_in_group` */
  async findJoined(context: CommandContext, userId: string, groupId: string): Promise<FoundGroup> {
    const group = await this.find(context, userId, groupId);
    if (group.joined) return group;
    throw new DomainError('conflict', 'not_in_group', 'The account is not in this group any more');
  }

  /**
   * Makes a group for a request. Where the request was begun before, and it is not on record what came of it, the group is looked for among those of the
   * account first. @throws {NotConnected} @throws {QueryFailed}
   */
  async make(
    requestId: string,
    place: GroupPlace,
    { subject, participants }: { readonly subject: string; readonly participants: readonly string[] },
    context: CommandContext,
  ): Promise<{ readonly group: FoundGroup; readonly results: readonly PersonResult[] }> {
    const { userId, sessionId, account } = place;
    const people = await lookUpPeople(this.messenger, sessionId, participants);
    const request = { requestId, userId, sessionId, account, subject, at: new Date().toISOString() };
    const { state } = await this.streams.state(groupRequestDecider, requestId);
    await this.commands.execute<RequestGroup>({ type: 'RequestGroup', data: request }, context);
    const earlier = state && (await this.madeSince(place, subject, state.requestedAt));
    const jids = people.flatMap(({ jid }) => jid ?? []);
    const made = earlier ?? (await this.messenger.groups.create(sessionId, subject, jids));
    await this.recorder.record(place, made, context);
    const groupId = groupIdOf(place, made.jid);
    const data = { requestId, groupId, at: new Date().toISOString() };
    await this.commands.execute<RecordGroupMade>({ type: 'RecordGroupMade', data }, context);
    const outcomes = jids.map((jid) => ({ jid, refusedWith: isAmong(jid, made.participants) ? null : 403 }));
    return { group: await this.find(context, userId, groupId), results: resultsOf(people, outcomes) };
  }

  /** What was answered to a request; undefined where no group was made for it. */
  async madeFor(
    requestId: string,
    context: CommandContext,
  ): Promise<{ readonly group: FoundGroup; readonly results: readonly PersonResult[] } | undefined> {
    const { state } = await this.streams.state(groupRequestDecider, requestId);
    if (!state?.groupId) return undefined;
    return { group: await this.find(context, state.userId, state.groupId), results: [] };
  }

  /**
   * Each part is a question of its own, one after the other. Once one has failed, the rest are not asked; what was done before is on record all the
   * same. `pictureMediaId`: null removes the picture.
   * @throws {PartlyDone} of `NotConnected` or `QueryFailed` @throws {DomainError} `media_not_found`, `media_type_refused`
   * @throws {NotConnected} @throws {QueryFailed}
   */
  async change(
    group: FoundGroup,
    { pictureMediaId, ...change }: GroupChange & { readonly pictureMediaId?: string | null },
    context: CommandContext,
  ): Promise<FoundGroup> {
    const { userId, sessionId, chat } = group;
    const { groups } = this.messenger;
    const picture = pictureMediaId ? await this.library.squareOf(userId, pictureMediaId) : null;
    const parts = [...partsOf(change), ...(pictureMediaId === undefined ? [] : [pictureOnly])];
    if (parts.length === 0) return this.refresh(group, context);
    for (const [index, part] of parts.entries()) {
      try {
        if (part.change) await groups.change(sessionId, chat, part.change);
        else await groups.setPicture(sessionId, chat, picture);
      } catch (error) {
        if (index === 0 && !mayBeDone(error)) throw error;
        const now = await this.refreshed(group, context);
        const results = resultsOfParts(parts, { index, error }, now);
        if (now && results.every(({ ok }) => ok)) return now;
        throw parts.length === 1 ? error : new PartlyDone(error, results);
      }
    }
    return (await this.refreshed(group, context)) ?? changed(group, change);
  }

  /** Undefined where WhatsApp does not say how the group is now: its next notice, or connection, brings that on record. */
  async refreshed(group: FoundGroup, context: CommandContext): Promise<FoundGroup | undefined> {
    try {
      return await this.refresh(group, context);
    } catch (error) {
      this.log.warn({ err: error, groupId: group.id }, 'A group that was changed could not be read again');
      return undefined;
    }
  }

  async leave(group: FoundGroup, context: CommandContext): Promise<void> {
    await this.messenger.groups.leave(group.sessionId, group.chat);
    await this.recorder.recordLeft(placeOf(group), group.id, context);
  }

  /** Undefined where an admin of the group has to approve first. */
  async join(place: GroupPlace, code: string, context: CommandContext): Promise<FoundGroup | undefined> {
    const jid = await this.messenger.groups.join(place.sessionId, code);
    const all = await this.messenger.groups.all(place.sessionId);
    const joined = all.find((group) => group.jid === jid);
    if (!joined) return undefined;
    await this.recorder.record(place, joined, context);
    return this.find(context, place.userId, groupIdOf(place, jid));
  }

  /** Asks WhatsApp how the group is now, and records it. @throws {NotConnected} @throws {QueryFailed} */
  private async refresh(group: FoundGroup, context: CommandContext): Promise<FoundGroup> {
    const now = await this.messenger.groups.find(group.sessionId, group.chat);
    await this.recorder.record(placeOf(group), now, context);
    return this.find(context, group.userId, group.id);
  }

  private async madeSince({ sessionId, account }: GroupPlace, subject: string, at: string): Promise<Group | undefined> {
    const earliest = Date.parse(at) - clockDifferenceMs;
    const all = await this.messenger.groups.all(sessionId);
    return all.find(
      (group) =>
        group.subject === subject &&
        group.createdBy?.phoneNumber === account &&
        group.createdAt !== null &&
        Date.parse(group.createdAt) >= earliest,
    );
  }
}

const placeOf = ({ sessionId, userId, account }: FoundGroup): GroupPlace => ({ sessionId, userId, account });
