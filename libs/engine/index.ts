export { keepHeapsLean } from './lean-heap.js';
