import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { eventually } from '../eventually.js';
import { arrivals, writeToAll } from '../sandbox/raw-baileys.js';
import type { SandboxProcess } from '../sandbox/sandbox-process.js';
import { ControlledSandbox } from '../waybill-sandbox.js';
import { Waybill, type LinkedSession, type TestUser } from '../waybill.js';
import { postMessages, type Post } from './load.js';

const acquaintances = 20;
const sessionsPerUser = 50;
/** Linking and restoring hundreds of sessions takes its time, in milliseconds. */
const patience = 600_000;
/** So many requests are under way at once. */
const connections = 20;

/** The service with linked sessions, each acquainted with the same people, on a sandbox that somebody else started. */
export class BenchGateway {
  private people: readonly string[] = [];
  private rounds = 0;
  private readonly sessions: LinkedSession[] = [];
  private readonly users: TestUser[] = [];
  private readonly agent = new Agent({ connections: 1 });

  private constructor(
    readonly waybill: Waybill,
    private readonly sandbox: SandboxProcess,
  ) {}

  static async start(sandbox: SandboxProcess, variables: NodeJS.ProcessEnv = {}): Promise<BenchGateway> {
    return new BenchGateway(await Waybill.start(variables, ControlledSandbox.at(sandbox)), sandbox);
  }

  /** Links so many sessions, one after the other. */
  async link(count: number): Promise<void> {
    for (let linked = 0; linked < count; linked += 1) {
      if (linked % sessionsPerUser === 0) this.users.push(await this.waybill.newUser());
      this.sessions.push(await this.waybill.link(this.users.at(-1) as TestUser));
    }
  }

  /** Lets every session write to the same people for the first time, and each of these answer. */
  async getAcquainted(): Promise<void> {
    const people: string[] = [];
    for (let count = 0; count < acquaintances; count += 1) people.push((await this.waybill.sandbox.newPhone()).number);
    this.people = people;
    for (const session of this.sessions) for (const person of people) await this.accepted(session, person, 'hello');
    await this.allSent();
    await Promise.all(
      people.flatMap((person) => this.sessions.map(({ phone }) => this.sandbox.ask.say(person, phone.number, 'hello'))),
    );
    const wanted = people.length * this.sessions.length;
    await eventually(async () => (await this.count('direction=incoming')) >= wanted, patience);
  }

  /** Lets every session send so many messages, to all people in turn. Messages per second, from the first request until WhatsApp has the last. */
  async send(each: number): Promise<number> {
    const posts = this.people.flatMap((person) => this.sessions.map((session) => postOf(session, person, 'hello')));
    const all = each * this.sessions.length;
    const begun = performance.now();
    await postMessages({ url: this.waybill.url, posts, connections, until: { posts: all } });
    await this.allSent();
    return (all / (performance.now() - begun)) * 1000;
  }

  /**
   * Acquaintances write so many messages to each session, one after the other in each chat. Messages per second until the list shows all of
   * them, and the service's milliseconds of CPU for each.
   */
  async receive(each: number): Promise<{ readonly rate: number; readonly cpu: number }> {
    const { people } = this;
    const owners = this.sessions.map(({ phone }) => phone.number);
    const last = `last${(this.rounds += 1)}`;
    const cpuBefore = this.waybill.cpu();
    const begun = performance.now();
    await writeToAll(this.sandbox, { people, owners, each }, last);
    const chats = people.length * owners.length;
    while ((await this.count(`direction=incoming&q=${last}`)) < chats) await delay(20);
    const all = chats * each;
    return { rate: (all / (performance.now() - begun)) * 1000, cpu: (this.waybill.cpu() - cpuBefore) / all };
  }

  /** Milliseconds that each of so many messages took from the request until it was at an acquaintance's phone, one after the other. */
  async latencies(count: number): Promise<readonly number[]> {
    const [session] = this.sessions;
    const [person = ''] = this.people;
    const texts = Array.from({ length: count }, (_, index) => `timed over HTTP ${index}`);
    const begun: number[] = [];
    for (const text of texts) {
      begun.push(Date.now());
      await this.accepted(session as LinkedSession, person, text);
      await this.allSent();
    }
    const arrived = await arrivals(this.sandbox, person);
    return texts.map((text, index) => (arrived.get(text) ?? Infinity) - (begun[index] ?? 0));
  }

  /** Resolves when all sessions are connected. */
  async connected(): Promise<void> {
    await eventually(async () => (await this.connectedNow()) === this.sessions.length, patience);
  }

  /** Asks for a user's limits ten times a second while something goes on. How long each answer took, in milliseconds. */
  async askWhile(work: () => Promise<void>): Promise<readonly number[]> {
    const times: number[] = [];
    const progress = { isOver: false };
    const working = work().finally(() => (progress.isOver = true));
    while (!progress.isOver) {
      const begun = performance.now();
      const { status } = await this.waybill.call('GET /v1/limits', { key: this.users[0]?.key ?? '' });
      if (status !== 200) throw new Error(`Answered with ${status}`);
      times.push(performance.now() - begun);
      await delay(100);
    }
    await working;
    return times;
  }

  private async connectedNow(): Promise<number> {
    const lists = await Promise.all(
      this.users.map(({ key }) => this.waybill.call('GET /v1/sessions?status=connected&limit=100', { key })),
    );
    return lists.reduce((sum, { body }) => sum + (body as { readonly data: readonly unknown[] }).data.length, 0);
  }

  /** Asks seldom: each question takes time from what is measured. */
  private async allSent(): Promise<void> {
    for (;;) {
      const { body } = await this.waybill.admin('GET /v1/admin/messages?status=queued&limit=1');
      if ((body as { readonly data: readonly unknown[] }).data.length === 0) return;
      await delay(50);
    }
  }

  private async count(filter: string): Promise<number> {
    let count = 0;
    for (let cursor: string | null = ''; cursor !== null;) {
      const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await this.waybill.admin(`GET /v1/admin/messages?${filter}&limit=100${from}`);
      const page = body as { readonly data: readonly unknown[]; readonly next: string | null };
      count += page.data.length;
      cursor = page.next;
    }
    return count;
  }

  /** Not by `fetch`, which would take as long as the service does. */
  private async accepted(session: LinkedSession, to: string, text: string): Promise<void> {
    const { key, message } = postOf(session, to, text);
    const { statusCode, body } = await this.agent.request({
      origin: this.waybill.url,
      method: 'POST',
      path: '/v1/messages',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify(message),
    });
    const answer = await body.text();
    if (statusCode !== 202) throw new Error(`Not accepted: ${statusCode} ${answer}`);
  }
}

const postOf = ({ id: sessionId, user }: LinkedSession, to: string, body: string): Post => ({
  key: user.key,
  message: { to: `+${to}`, type: 'text', text: { body }, sessionId },
});
