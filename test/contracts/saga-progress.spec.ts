import { sqlitePlace } from '../support/saga-progress/sqlite-place.js';
import { sagaProgressContract } from './saga-progress.contract.js';

sagaProgressContract('SQLite', sqlitePlace);
