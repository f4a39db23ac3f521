import { sqliteStoreFixture } from '../support/event-store/sqlite-fixture.js';
import { eventStoreContract } from './event-store.contract.js';

eventStoreContract('SQLite', sqliteStoreFixture);
