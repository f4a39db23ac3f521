import { adapter } from './support/gateway.js';
// All that the adapter does, it does on a thread of its own as well.
import './baileys-adapter.spec.js';

adapter.isOnThread = true;
