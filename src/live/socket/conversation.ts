import { keyedQueue, Transient } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import type { Callers } from '../../identity/callers.contract.js';
import type { UserCaller } from '../../platform/http/caller.js';
import { InvalidInput } from '../../platform/http/problem.js';
import { Unauthenticated } from '../../platform/http/refusals.js';
import type { End, LiveReaders } from '../live-readers.js';
import type { Opening } from '../opening.js';
import { cursorText } from '../reading/cursor.js';
import { slow, takesAgain } from '../slow-readers.js';
import { Frame } from './frames.js';
import type { LiveSocket } from './live-socket.js';

export type ConversationContext = {
  readonly callers: Callers;
  readonly opening: Opening;
  readonly readers: LiveReaders;
  readonly log: Log;
};

const permission = 'events:read';
/** A client need not wait for each answer. */
const maxWaitingFrames = 100;

const tooMany: End = {
  code: 'too_many_frames',
  detail: `Wait for the answers: ${maxWaitingFrames} frames are waiting`,
};

/** What a client and the service say to each other on one WebSocket, one frame after the other. */
export class Conversation {
  private caller: UserCaller | undefined;
  private stopReading: (() => void) | undefined;
  private waitingFrames = 0;
  private readonly over = new AbortController();
  private readonly frames = keyedQueue();

  constructor(
    private readonly socket: LiveSocket,
    private readonly ip: string,
    private readonly context: ConversationContext,
  ) {}

  isAuthenticated(): boolean {
    return this.caller !== undefined;
  }

  /** What is wrong, the client is told. It is not read while it does not take the answers. @throws {Error} a bug */
  async hear(text: string): Promise<void> {
    if (this.waitingFrames > maxWaitingFrames) return this.cut(tooMany);
    this.waitingFrames += 1;
    this.socket.listen(false);
    await this.frames.run('', () => this.answer(text));
    this.waitingFrames -= 1;
    if (this.waitingFrames === 0) this.socket.listen(true);
  }

  close(): void {
    this.over.abort();
    this.stopReading?.();
  }

  private async answer(text: string): Promise<void> {
    if (this.isOver()) return;
    try {
      await this.take(frameOf(text));
    } catch (error) {
      this.refuse(error);
    }
    if (!this.socket.hasRoom() && !(await takesAgain(this.socket, this.over.signal))) this.cut(slow);
  }

  private isOver(): boolean {
    return this.over.signal.aborted;
  }

  private cut(why: End): void {
    if (this.isOver()) return;
    this.close();
    this.context.log.info({ code: why.code }, 'A live reader is cut');
    this.socket.end(why);
  }

  private async take(frame: Frame): Promise<void> {
    const { socket } = this;
    if ('ping' in frame) return socket.say({ pong: frame.ping ?? null });
    if ('auth' in frame) return this.authenticate(frame.auth);
    await this.subscribe(frame.subscribe);
  }

  private async authenticate(credentials: Extract<Frame, { auth: unknown }>['auth']): Promise<void> {
    const { callers } = this.context;
    const caller =
      'ticket' in credentials
        ? await callers.byTicket(credentials.ticket, this.ip)
        : callers.byKey(credentials.apiKey, this.ip);
    this.caller = admitted(caller);
    this.socket.say({ authenticated: { userId: caller.userId } });
  }

  private async subscribe(asked: Extract<Frame, { subscribe: unknown }>['subscribe']): Promise<void> {
    const { callers, opening, readers } = this.context;
    if (!this.caller) throw new Unauthenticated('The first frame must be {"auth": …}');
    const caller = admitted((await callers.asNow(this.caller, this.ip)) as UserCaller);
    const { interest, from } = await opening.open(caller.userId, asked);
    if (this.isOver()) return;
    this.stopReading?.();
    this.socket.say({ subscribed: { cursor: cursorText(from) } });
    this.stopReading = readers.add({ caller, ip: this.ip, permission, interest, from, connection: this.socket });
  }

  /** A wrong question can be asked again; somebody who may not ask is cut. */
  private refuse(error: unknown): void {
    if (error instanceof InvalidInput) {
      return this.socket.say({ error: { code: 'validation_failed', detail: error.message, errors: error.errors } });
    }
    const isForbidden = error instanceof DomainError && error.refusal === 'forbidden';
    if (error instanceof Unauthenticated || isForbidden) {
      return this.cut({ code: error.code, detail: error.message });
    }
    if (error instanceof DomainError) return this.socket.say({ error: { code: error.code, detail: error.message } });
    if (error instanceof Transient) {
      return this.cut({ code: 'store_unavailable', detail: 'Try again in a moment' });
    }
    throw error;
  }
}

const frameOf = (text: string): Frame => {
  const parsed = Frame.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new InvalidInput([
    { path: '', message: 'Must be {"auth": …}, {"subscribe": …} or {"ping": …}, as documented' },
  ]);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const admitted = (caller: UserCaller): UserCaller => {
  if (caller.permissions.has(permission)) return caller;
  throw new DomainError('forbidden', 'permission_missing', `This needs the permission ${permission}`);
};
