/** Runs as a process of its own, to be killed: writes one generation after the other, and prints each one that was stored. */
import { openSqliteCredentials } from '#lib/whatsapp/baileys';

const store = await openSqliteCredentials({ file: process.argv[2]! });
const text = (n: number): Buffer => Buffer.from(String(n));
for (let n = 1; ; n += 1) {
  const keys = store.write(
    'a',
    [
      { type: 'session', id: '1', value: text(n) },
      { type: 'pre-key', id: '1', value: text(n) },
    ],
    'crash',
  );
  const creds = store.write('a', [{ type: 'creds', id: '', value: text(n) }], n % 10 === 0 ? 'power_cut' : 'crash');
  await Promise.all([keys, creds]);
  process.stdout.write(`${n}\n`);
}
