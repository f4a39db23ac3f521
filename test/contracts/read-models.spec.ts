import { sqliteViewsFixture } from '../support/read-models/sqlite-fixture.js';
import { readModelsContract } from './read-models.contract.js';

readModelsContract('SQLite', sqliteViewsFixture);
