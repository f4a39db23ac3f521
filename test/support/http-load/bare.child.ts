import Database from 'better-sqlite3';
import { fastify } from 'fastify';

/*
 * The least that a service of this kind is made of, in a process of its own: Fastify with one route, and an open SQLite database.
 * Prints where it listens.
 */

const db = new Database(':memory:');
const app = fastify();
app.get('/health/ready', () => db.prepare('SELECT 1 AS ready').get());
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ url: app.listeningOrigin })}\n`);
