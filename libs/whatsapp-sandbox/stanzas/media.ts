import { el } from '../transport/wire.js';
import type { IqHandlers } from './client.js';

const MAX_FILE_BYTES = 2 ** 31;
/** Of an answer that names no host, because this sandbox takes no files. */
const NO_PERMIT = { auth: '', ttl: 3_600 };

/** Tells clients where to upload files. */
export const mediaHandlers: IqHandlers = {
  'w:m': (_iq, { network }) => {
    const { media } = network.parts;
    const hosts = media ? [el('host', { hostname: media.host, maxContentLengthBytes: String(MAX_FILE_BYTES) })] : [];
    const { auth, ttl } = media?.permit() ?? NO_PERMIT;
    const attrs = { auth, ttl: String(ttl), auth_ttl: String(ttl), max_buckets: '12' };
    return [el('media_conn', attrs, hosts)];
  },
};
