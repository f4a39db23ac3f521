import { eventStoreContract } from '../contracts/event-store.contract.js';
import { eventStoreDbFixture } from '../support/event-store/eventstoredb-fixture.js';

eventStoreContract('EventStoreDB', () => eventStoreDbFixture());
