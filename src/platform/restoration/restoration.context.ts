import { defineContext } from '../context-definition.js';
import { restorationDecider } from './restoration.decider.js';

/** Whether this is the original or a restored copy, and what an admin said to that. */
export const restorationContext = defineContext({ name: 'restoration', deciders: [restorationDecider] });
