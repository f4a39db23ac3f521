import { sqlitePlace } from '../support/event-store/sqlite-place.js';
import { eventStoreContract } from './event-store.contract.js';

eventStoreContract('SQLite', sqlitePlace);
