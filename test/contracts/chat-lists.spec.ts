import { sqliteViewsFixture } from '../support/read-models/sqlite-fixture.js';
import { chatListsContract } from './chat-lists.contract.js';

chatListsContract('SQLite', sqliteViewsFixture);
