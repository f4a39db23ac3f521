/** Runs as a process of its own: the servers of all stores, on the wire. Prints the variables that name them, and ends with its starter. */
import { EventStoreDbServer } from './eventstoredb-server/index.js';
import { MongoServer } from './mongodb-server/server.js';

const [log, database] = await Promise.all([EventStoreDbServer.start(), MongoServer.start()]);
process.stdout.write(`${JSON.stringify({ EVENTSTORE_URL: log.url, MONGODB_URI: database.uri() })}\n`);
process.stdin.on('end', () => process.exit()).resume();
