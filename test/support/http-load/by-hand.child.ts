import Database from 'better-sqlite3';
import { fastify } from 'fastify';
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/*
 * The promise of `POST /v1/messages` as somebody would write it by hand, in a process of its own: bare Fastify, a schema, the HMAC of the key, and
 * a row that is on disk before the answer, with those that came at the same time in one transaction. Prints where it listens.
 */

const file = process.argv[2] ?? '';
const keys = new Map<string, Buffer>();
const hashOf = (key: string): Buffer => createHmac('sha256', 'a secret of the service').update(key).digest();

const Message = z.strictObject({
  to: z.string().regex(/^\+\d{6,15}$/),
  type: z.literal('text'),
  text: z.strictObject({ body: z.string().min(1).max(65_536) }),
});

const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE messages (id TEXT PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, created_at TEXT NOT NULL)');
const insert = db.prepare('INSERT INTO messages VALUES (?, ?, ?, ?)');

type Row = readonly [id: string, key: string, body: string, createdAt: string];
let waiting: { readonly row: Row; readonly done: () => void }[] = [];

const commit = (): void => {
  const together = waiting;
  waiting = [];
  db.transaction(() => together.forEach(({ row }) => insert.run(...row)))();
  for (const { done } of together) done();
};
const stored = (row: Row): Promise<void> =>
  new Promise((done) => {
    if (waiting.push({ row, done }) === 1) setImmediate(commit);
  });

const app = fastify();
app.post('/v1/messages', async (request, reply) => {
  const key = String(request.headers['x-api-key']);
  const hash = hashOf(key);
  const known = keys.get(key) ?? hash; // each key that comes is one of its keys
  keys.set(key, known);
  if (!timingSafeEqual(hash, known)) return reply.status(401).send();
  const message = Message.safeParse(request.body);
  if (!message.success) return reply.status(400).send();
  const [id, createdAt] = [randomUUID(), new Date().toISOString()];
  await stored([id, key.slice(0, 16), JSON.stringify(message.data), createdAt]);
  return reply.status(202).send({ id, status: 'queued', ...message.data, createdAt });
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${app.listeningOrigin}\n`);
