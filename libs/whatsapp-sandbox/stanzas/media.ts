import { el } from '../transport/wire.js';
import type { IqHandlers } from './client.js';

const maxFileBytes = 2 ** 31;
/** For sandboxes without a media server. */
const noPermit = { auth: '', ttl: 3_600 };

/** Answers where to upload files. */
export const mediaHandlers: IqHandlers = {
  'w:m': (_iq, { network }) => {
    const { media } = network.parts;
    const hosts = media ? [el('host', { hostname: media.host, maxContentLengthBytes: String(maxFileBytes) })] : [];
    const { auth, ttl } = media?.permit() ?? noPermit;
    const attrs = { auth, ttl: String(ttl), auth_ttl: String(ttl), max_buckets: '12' };
    return [el('media_conn', attrs, hosts)];
  },
};
