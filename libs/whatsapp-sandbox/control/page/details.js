/** @import { PhoneView } from '../schemas/phone.js' */
import { api } from './api.js';
import { $, field, h, showList } from './dom.js';
import { attempt, notice } from './notices.js';
import { readQr } from './qr.js';
import { changePhone, nameOf, onChange, selectedPhone, state } from './store.js';

/** Linking, linked devices, settings and groups of the selected phone. */
export function startDetails() {
  startLinking();
  startBehaviour();
  startGroups();
  onChange(show);
}

function startLinking() {
  const scan = $('scan', HTMLFormElement);
  const qr = $('qr', HTMLTextAreaElement);
  scan.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(() => link(qr.value.trim()));
  });
  const readPhoto = (/** @type {Blob} */ photo) => void attempt(async () => link(await readQr(photo)));
  const photo = $('photo', HTMLInputElement);
  photo.addEventListener('change', () => {
    const [chosen] = photo.files ?? [];
    if (chosen) readPhoto(chosen);
    photo.value = '';
  });
  qr.addEventListener('paste', (event) => usePicture(event, event.clipboardData));
  scan.addEventListener('dragover', (event) => event.preventDefault());
  scan.addEventListener('drop', (event) => usePicture(event, event.dataTransfer));

  const code = $('enter-code', HTMLFormElement);
  code.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(async () => {
      const { device } = await api.enterCode(state.selected ?? '', field(code, 'code').value.trim());
      code.reset();
      notice(`Linked as device ${device}.`);
    });
  });

  /** @param {Event} event @param {DataTransfer | null} data */
  function usePicture(event, data) {
    const [file] = data?.files ?? [];
    if (!file) return;
    event.preventDefault();
    readPhoto(file);
  }

  /** @param {string} text */
  async function link(text) {
    if (text === '') throw new Error('Paste the text of the QR code that the client shows, or a picture of the code.');
    const { device } = await api.scan(state.selected ?? '', text);
    qr.value = '';
    notice(`Linked as device ${device}.`);
  }
}

function startBehaviour() {
  const form = $('behaviour', HTMLFormElement);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', () => {
    const change = {
      receipts: /** @type {PhoneView['receipts']} */ (field(form, 'receipts').value),
      receiptDelayMs: Number(field(form, 'receiptDelayMs').value),
      exists: field(form, 'exists').checked,
    };
    void attempt(() => changePhone(state.selected ?? '', change));
  });
}

function startGroups() {
  const form = $('new-group', HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const participants = field(form, 'participants')
      .value.split(/[,;\n]/)
      .map((each) => each.trim())
      .filter(Boolean);
    void attempt(async () => {
      await api.createGroup(state.selected ?? '', { subject: field(form, 'subject').value.trim(), participants });
      form.reset();
    });
  });
}

function show() {
  const phone = selectedPhone();
  $('phone-details').hidden = phone === undefined;
  if (!phone) return;
  const form = $('behaviour', HTMLFormElement);
  if (!form.contains(document.activeElement)) {
    field(form, 'receipts').value = phone.receipts;
    field(form, 'receiptDelayMs').value = String(phone.receiptDelayMs);
    field(form, 'exists').checked = phone.exists;
  }
  $('no-devices').hidden = phone.devices.length > 0;
  showList($('devices'), phone.devices, {
    key: ({ device }) => `${phone.number}/${device}`,
    look: ({ platform, connected, waiting }) => [platform, connected, waiting],
    render: ({ device, platform, connected, waiting }) =>
      h(
        'li',
        {},
        h('span', { class: `dot ${connected ? 'on' : 'off'}`, 'aria-hidden': 'true' }),
        h('span', {}, `${device}: ${platform.toLowerCase()}, ${connected ? 'connected' : 'not connected'}`),
        waiting > 0 && h('span', { class: 'badge' }, `${waiting} waiting`),
        h(
          'button',
          { type: 'button', onclick: () => void attempt(() => api.unlink(phone.number, device)) },
          `Unlink`,
          h('span', { class: 'hidden' }, ` device ${device}`),
        ),
      ),
  });
  showList(
    $('groups'),
    state.groups.filter(({ participants }) => participants.some((member) => member.number === phone.number)),
    {
      key: ({ jid }) => `${phone.number}/${jid}`,
      look: (group) => group,
      render: ({ jid, subject, participants }) =>
        h(
          'li',
          {},
          h('span', { title: jid }, '👥'),
          h('span', {}, `${subject}: ${participants.map(({ number }) => nameOf(number)).join(', ')}`),
          h('button', { type: 'button', onclick: () => attempt(() => api.leaveGroup(phone.number, jid)) }, 'Leave'),
        ),
    },
  );
}
