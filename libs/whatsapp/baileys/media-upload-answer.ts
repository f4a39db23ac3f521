import type { UploadedMedia } from '../content.js';

const maxAnswerBytes = 64 * 1024;

/** Where the file is, as the media server answers it. @throws where it says nothing of the kind. */
export const postedAddressOf = async (
  body: AsyncIterable<Uint8Array>,
): Promise<Pick<UploadedMedia, 'url' | 'directPath' | 'handle'>> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new Error('WhatsApp’s answer to the upload is too long');
    chunks.push(chunk);
  }
  const answer = JSON.parse(Buffer.concat(chunks).toString()) as {
    readonly url?: unknown;
    readonly direct_path?: unknown;
    readonly handle?: unknown;
  };
  const { url, direct_path: directPath, handle } = answer;
  const isUsable = typeof url === 'string' && url.startsWith('https://');
  if (!isUsable || typeof directPath !== 'string' || !directPath.startsWith('/')) {
    throw new Error('WhatsApp did not say where the uploaded file is');
  }
  return { url, directPath, ...(typeof handle === 'string' && { handle }) };
};
