import libsignalCrypto from 'libsignal/src/crypto.js';
import libsignalCurve from 'libsignal/src/curve.js';
import { agree, generateKeyPair } from '../crypto/curve.js';
import { maxShortHmacBytes, ShortHmac } from '../crypto/short-hmac.js';

/** Lines that libsignal prints to the console; some contain whole sessions with private keys. */
const libsignalLines =
  /^(Closing session:|Opening session:|Removing old closed session:|Session already (open|closed)|Closing open session in favor|Decrypted message with closed session|Failed to decrypt message with any known session|Session error:)/;

let prepared = false;

/** Suppresses libsignal's console output and replaces slow functions, for the whole process. Idempotent. */
export function prepareLibsignal(): void {
  if (prepared) return;
  prepared = true;
  suppressOutput();
  replaceSlowFunctions();
}

/** Drops libsignal's lines; other output is printed as before. */
function suppressOutput(): void {
  const target = globalThis.console;
  for (const method of ['info', 'warn', 'error'] as const) {
    const print = target[method].bind(target);
    target[method] = (...args: unknown[]) => {
      if (typeof args[0] !== 'string' || !libsignalLines.test(args[0])) print(...args);
    };
  }
}

const djbKeyType = Buffer.from([5]);
const typedKeyBytes = 33;
const keyBytes = 32;

/** Replaces the functions that take most of the time when a session is started or a message is decrypted; results are the same. */
function replaceSlowFunctions(): void {
  const curve: Pick<typeof libsignalCurve, 'calculateAgreement' | 'generateKeyPair'> = libsignalCurve;
  curve.calculateAgreement = (publicKey, privateKey) => {
    if (publicKey.length !== typedKeyBytes || publicKey[0] !== djbKeyType[0]) throw new Error('Invalid public key');
    return agree(privateKey, publicKey.subarray(1));
  };
  curve.generateKeyPair = () => {
    const { publicKey, privateKey } = generateKeyPair();
    return { pubKey: Buffer.concat([djbKeyType, publicKey]), privKey: privateKey };
  };

  const crypto = libsignalCrypto as unknown as Crypto;
  const { calculateMAC, deriveSecrets } = crypto;
  crypto.calculateMAC = (key, data) =>
    key.length === keyBytes && data.length <= maxShortHmacBytes
      ? new ShortHmac(key).digest(data)
      : calculateMAC(key, data);
  crypto.deriveSecrets = (input, salt, info, chunks = 3) => {
    if (salt.length !== keyBytes || keyBytes + info.length + 1 > maxShortHmacBytes)
      return deriveSecrets(input, salt, info, chunks);
    return expand(new ShortHmac(crypto.calculateMAC(salt, input)), info, chunks);
  };
}

type Crypto = {
  calculateMAC: (key: Buffer, data: Buffer) => Buffer;
  deriveSecrets: (input: Buffer, salt: Buffer, info: Buffer, chunks?: number) => Buffer[];
};

/** HKDF-Expand (RFC 5869). */
function expand(hmac: ShortHmac, info: Buffer, chunks: number): Buffer[] {
  const secrets: Buffer[] = [];
  const input = Buffer.allocUnsafe(keyBytes + info.length + 1); // previous block, info, counter
  input.set(info, keyBytes);
  for (let count = 1; count <= chunks; count++) {
    input[input.length - 1] = count;
    const secret = hmac.digest(count === 1 ? input.subarray(keyBytes) : input);
    input.set(secret);
    secrets.push(secret);
  }
  return secrets;
}
