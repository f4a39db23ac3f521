import { adapter } from './support/gateway.js';
// The adapter behaves the same on a thread of its own.
import './baileys-adapter.spec.js';

adapter.isOnThread = true;
