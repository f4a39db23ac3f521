import libsignalCrypto from 'libsignal/src/crypto.js';
import libsignalCurve from 'libsignal/src/curve.js';
import { agree, generateKeyPair } from '../crypto/curve.js';
import { SHORT, ShortHmac } from '../crypto/short-hmac.js';

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
const KEY_LENGTH = 32;

/** The same results as libsignal's own functions, which take most of the time of starting a session and of reading a message. */
function speedUp(): void {
  const curve: Pick<typeof libsignalCurve, 'calculateAgreement' | 'generateKeyPair'> = libsignalCurve;
  curve.calculateAgreement = (publicKey, privateKey) => {
    if (publicKey.length !== TYPED_LENGTH || publicKey[0] !== KEY_TYPE[0]) throw new Error('Invalid public key');
    return agree(privateKey, publicKey.subarray(1));
  };
  curve.generateKeyPair = () => {
    const { publicKey, privateKey } = generateKeyPair();
    return { pubKey: Buffer.concat([KEY_TYPE, publicKey]), privKey: privateKey };
  };

  const crypto = libsignalCrypto as unknown as Crypto;
  const { calculateMAC, deriveSecrets } = crypto;
  crypto.calculateMAC = (key, data) =>
    key.length === KEY_LENGTH && data.length <= SHORT ? new ShortHmac(key).digest(data) : calculateMAC(key, data);
  crypto.deriveSecrets = (input, salt, info, chunks = 3) => {
    if (salt.length !== KEY_LENGTH || KEY_LENGTH + info.length + 1 > SHORT)
      return deriveSecrets(input, salt, info, chunks);
    return expand(new ShortHmac(crypto.calculateMAC(salt, input)), info, chunks);
  };
}

type Crypto = {
  calculateMAC: (key: Buffer, data: Buffer) => Buffer;
  deriveSecrets: (input: Buffer, salt: Buffer, info: Buffer, chunks?: number) => Buffer[];
};

/** HKDF's second half. */
function expand(hmac: ShortHmac, info: Buffer, chunks: number): Buffer[] {
  const secrets: Buffer[] = [];
  const input = Buffer.allocUnsafe(KEY_LENGTH + info.length + 1); // what was made before, info, count
  input.set(info, KEY_LENGTH);
  for (let count = 1; count <= chunks; count++) {
    input[input.length - 1] = count;
    const secret = hmac.digest(count === 1 ? input.subarray(KEY_LENGTH) : input);
    input.set(secret);
    secrets.push(secret);
  }
  return secrets;
}
