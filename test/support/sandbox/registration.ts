import { generateKeyPair, SigningKey } from '#lib/curve25519';
import { proto } from '../../../libs/whatsapp-sandbox/transport/wire.js';

/** The registration of a client that is not linked yet. Tests replace parts of it. */
export function registration(identity: SigningKey) {
  const { publicKey } = generateKeyPair();
  return {
    eRegid: Buffer.from([0, 0, 1, 2]),
    eKeytype: Buffer.from([5]),
    eIdent: identity.publicKey,
    eSkeyId: Buffer.from([0, 0, 1]),
    eSkeyVal: publicKey,
    eSkeySig: identity.sign(Buffer.concat([Buffer.from([5]), publicKey])),
    deviceProps: proto.DeviceProps.encode({ os: 'Hostile' }).finish(),
  };
}

export const registrationPayload = (devicePairingData: Partial<ReturnType<typeof registration>>): Uint8Array =>
  proto.ClientPayload.encode({ passive: false, devicePairingData }).finish();
