import { api } from './api.js';
import { startChat } from './chat.js';
import { startComposer } from './composer.js';
import { startDetails } from './details.js';
import { $ } from './dom.js';
import { startFaults } from './faults.js';
import { attempt, notice } from './notices.js';
import { select, startPhones } from './phones.js';
import { startPosts } from './posts.js';
import { follow, onChange, selectedPhone, state } from './store.js';

for (const button of document.querySelectorAll('[data-show]')) {
  button.addEventListener('click', () => {
    document.body.dataset['view'] = /** @type {HTMLElement} */ (button).dataset['show'];
  });
}

onChange(() => {
  $('live').textContent = state.isLive ? 'live' : 'not connected';
  $('live').classList.toggle('on', state.isLive);
  const named = location.hash.slice(1);
  if (!selectedPhone() && state.phones.has(named)) select(named);
});

startPhones();
startChat();
startComposer();
startDetails();
startPosts();
startFaults();
void attempt(async () => {
  $('endpoint').textContent = (await api.health()).url;
});
follow((error) => notice(String(error), 'bad'));
