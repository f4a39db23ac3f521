import libsignal from 'libsignal/src/curve.js';
import { agree, generateKeyPair } from '../crypto/curve.js';

/** Lines that libsignal prints through the console; some of them show whole sessions, private keys included. */
const LIBSIGNAL =
  /^(Closing session:|Opening session:|Removing old closed session:|Session already (open|closed)|Closing open session in favor|Decrypted message with closed session|Failed to decrypt message with any known session|Session error:)/;

let prepared = false;

/** Makes libsignal quiet and fast, for the whole process. Harmless when called again. */
export function prepareLibsignal(): void {
  if (prepared) return;
  prepared = true;
  keepQuiet();
  speedUp();
}

/** Keeps libsignal's own lines off the console; everything else is printed as before. */
function keepQuiet(): void {
  const target = globalThis.console;
  for (const method of ['info', 'warn', 'error'] as const) {
    const print = target[method].bind(target);
    target[method] = (...args: unknown[]) => {
      if (typeof args[0] !== 'string' || !LIBSIGNAL.test(args[0])) print(...args);
    };
  }
}

const KEY_TYPE = Buffer.from([5]);
const TYPED_LENGTH = 33;

/** The same results as libsignal's own functions, which take most of the time of starting a session. */
function speedUp(): void {
  const target: Pick<typeof libsignal, 'calculateAgreement' | 'generateKeyPair'> = libsignal;
  target.calculateAgreement = (publicKey, privateKey) => {
    if (publicKey.length !== TYPED_LENGTH || publicKey[0] !== KEY_TYPE[0]) throw new Error('Invalid public key');
    return agree(privateKey, publicKey.subarray(1));
  };
  target.generateKeyPair = () => {
    const { publicKey, privateKey } = generateKeyPair();
    return { pubKey: Buffer.concat([KEY_TYPE, publicKey]), privKey: privateKey };
  };
}
