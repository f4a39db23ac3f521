export { startControl, type Control } from './control.js';
