import { $, h } from './dom.js';

const noticeLifetimeMs = 8_000;

/**
 * Shows a notice for some seconds.
 * @param {string} text
 * @param {'good' | 'bad'} [mood]
 */
export function notice(text, mood = 'good') {
  const node = h('p', { class: mood }, text, h('button', { 'aria-label': 'Close', onclick: () => node.remove() }, '×'));
  $('notices').append(node);
  setTimeout(() => node.remove(), noticeLifetimeMs);
}

/**
 * Runs an action of the user and shows its error, if any.
 * @param {() => Promise<unknown>} work
 */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    notice(error instanceof Error ? error.message : String(error), 'bad');
    return false;
  }
}
