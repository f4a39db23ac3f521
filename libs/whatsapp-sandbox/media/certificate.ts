import 'reflect-metadata'; // x509 demands it at load
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

const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const SERVER_DAYS = 825; // clients refuse more
const ALWAYS_NAMED = ['127.0.0.1', '::1', 'localhost'];

/** Plain JSON, private key included: keep it as secret as the sandbox's other state. */
export type TlsAuthoritySnapshot = { readonly certificate: string; readonly privateKey: string };

/** PEM texts, as `https.createServer` takes them. */
export type ServerCertificate = { readonly key: string; readonly cert: string };

/** The sandbox's own certificate authority. A client trusts its media server through `certificate` and nothing else. */
export class TlsAuthority {
  private constructor(
    /** PEM. */
    readonly certificate: string,
    private readonly privateKey: string,
  ) {}

  static async generate(): Promise<TlsAuthority> {
    const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: 'O=Waybill, CN=Waybill WhatsApp sandbox',
      ...lifetime(AUTHORITY_DAYS),
      keys,
      signingAlgorithm: SIGNING,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new TlsAuthority(certificate.toString('pem'), await toPem(keys.privateKey));
  }

  /** Throws where the snapshot is not one, or its key is not its certificate's. */
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

  /** A certificate for a server reached under these names or addresses, besides loopback, which is always named. */
  async issue(hosts: readonly string[]): Promise<ServerCertificate> {
    const authority = new X509Certificate(this.certificate);
    const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
    const names = [...new Set([...ALWAYS_NAMED, ...hosts])];
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: 'CN=Waybill sandbox media',
      issuer: authority.subject,
      ...lifetime(SERVER_DAYS),
      publicKey: keys.publicKey,
      signingKey: await this.#signingKey(),
      signingAlgorithm: SIGNING,
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

  /** 32 secret bytes for one purpose; the same again after a restore. */
  secretFor(purpose: string): Buffer {
    const key = createPrivateKey(this.privateKey).export({ format: 'der', type: 'pkcs8' });
    return Buffer.from(hkdfSync('sha256', key, '', purpose, 32));
  }

  #signingKey(): Promise<webcrypto.CryptoKey> {
    const key = createPrivateKey(this.privateKey).export({ format: 'der', type: 'pkcs8' });
    return webcrypto.subtle.importKey('pkcs8', key, EC, false, ['sign']);
  }
}

const lifetime = (days: number) => ({
  notBefore: new Date(Date.now() - DAY_MS), // clocks differ
  notAfter: new Date(Date.now() + days * DAY_MS),
});

/** Positive, as the standard wants it: the first byte stays below 0x80 and is not zero. */
const serial = (): string => `4${randomBytes(16).toString('hex').slice(1)}`;

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}
