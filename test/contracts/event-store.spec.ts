import { eventStoreDbFixture } from '../support/event-store/eventstoredb-fixture.js';
import { sqliteStoreFixture } from '../support/event-store/sqlite-fixture.js';
import { eventStoreContract } from './event-store.contract.js';

eventStoreContract('SQLite', sqliteStoreFixture);
eventStoreContract('EventStoreDB', () => eventStoreDbFixture());
