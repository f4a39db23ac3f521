export { startControl, type Control, type ControlOptions } from './control.js';
