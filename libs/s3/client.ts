import { S3Client } from '@aws-sdk/client-s3';

/** Where the bucket is, and who asks. */
export type BucketSettings = {
  readonly bucket: string;
  readonly region: string;
  /** That of Amazon in the region where it is absent. */
  readonly endpoint?: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly forcePathStyle: boolean;
  /** Comes before the name of each file. */
  readonly prefix?: string | undefined;
};

const connectTimeoutMs = 5_000;
/** Until the answer begins; a part of 5 MiB has to leave in that time. */
const answerTimeoutMs = 60_000;
const maxAttempts = 3;
/** A download holds one for as long as its reader takes. */
const maxSockets = 256;

export const newClient = (settings: BucketSettings): S3Client => {
  const agent = { keepAlive: true, maxSockets };
  return new S3Client({
    region: settings.region,
    ...(settings.endpoint !== undefined && { endpoint: settings.endpoint }),
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
    forcePathStyle: settings.forcePathStyle,
    maxAttempts,
    // Many servers that speak the protocol know no checksums but that of the signature.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: answerTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
};
