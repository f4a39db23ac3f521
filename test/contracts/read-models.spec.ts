import { sqlitePlace } from '../support/read-models/sqlite-place.js';
import { readModelsContract } from './read-models.contract.js';

readModelsContract('SQLite', sqlitePlace);
