import 'reflect-metadata'; // required by @peculiar/x509 at load
import { createPrivateKey, createPublicKey, hkdfSync, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
const authorityValidityDays = 3650;
const serverValidityDays = 825; // clients accept no more
const loopbackNames = ['127.0.0.1', '::1', 'localhost'];

/** Plain JSON that includes the private key. */
export type TlsAuthoritySnapshot = { readonly certificate: string; readonly privateKey: string };

/** PEM, for `https.createServer`. */
export type ServerCertificate = { readonly key: string; readonly cert: string };

/** The sandbox's certificate authority. Clients trust the media server through `certificate` only. */
export class TlsAuthority {
  private constructor(
    /** PEM. */
    readonly certificate: string,
    private readonly privateKey: string,
  ) {}

  static async generate(): Promise<TlsAuthority> {
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: 'O=Waybill, CN=Waybill WhatsApp sandbox',
      ...lifetime(authorityValidityDays),
      keys,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new TlsAuthority(certificate.toString('pem'), await toPem(keys.privateKey));
  }

  /** Throws if the snapshot is invalid or its key does not belong to its certificate. */
  static restore({ certificate, privateKey }: TlsAuthoritySnapshot): TlsAuthority {
    const subject = new X509Certificate(certificate).publicKey.rawData;
    const key = createPublicKey(createPrivateKey(privateKey)).export({ format: 'der', type: 'spki' });
    if (Buffer.compare(Buffer.from(subject), key) !== 0)
      throw new Error('The private key of the TLS authority does not belong to its certificate');
    return new TlsAuthority(certificate, privateKey);
  }

  snapshot(): TlsAuthoritySnapshot {
    return { certificate: this.certificate, privateKey: this.privateKey };
  }

  /** Issues a server certificate for these names and addresses, and for loopback. */
  async issue(hosts: readonly string[]): Promise<ServerCertificate> {
    const authority = new X509Certificate(this.certificate);
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
    const names = [...new Set([...loopbackNames, ...hosts])];
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: 'CN=Waybill sandbox media',
      issuer: authority.subject,
      ...lifetime(serverValidityDays),
      publicKey: keys.publicKey,
      signingKey: await this.#signingKey(),
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
        ),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(authority),
      ],
    });
    return { key: await toPem(keys.privateKey), cert: `${certificate.toString('pem')}\n${this.certificate}` };
  }

  /** Derives 32 secret bytes for a purpose; stable across a restore. */
  secretFor(purpose: string): Buffer {
    const key = createPrivateKey(this.privateKey).export({ format: 'der', type: 'pkcs8' });
    return Buffer.from(hkdfSync('sha256', key, '', purpose, 32));
  }

  #signingKey(): Promise<webcrypto.CryptoKey> {
    const key = createPrivateKey(this.privateKey).export({ format: 'der', type: 'pkcs8' });
    return webcrypto.subtle.importKey('pkcs8', key, keyAlgorithm, false, ['sign']);
  }
}

const lifetime = (days: number) => ({
  notBefore: new Date(Date.now() - dayMs), // tolerates clock skew
  notAfter: new Date(Date.now() + days * dayMs),
});

/** A positive serial number: the first byte is below 0x80 and not zero. */
const serial = (): string => `4${randomBytes(16).toString('hex').slice(1)}`;

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}
