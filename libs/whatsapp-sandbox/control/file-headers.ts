const inlineTypes = /^(image\/(png|jpeg|gif|webp)|audio\/[\w.+-]+|video\/[\w.+-]+)(;.*)?$/;

/**
 * Headers for an untrusted file. Only images, audio and video are shown inline; everything else is downloaded, so that no
 * document runs as a page of this origin.
 */
export function fileHeaders(mimeType = 'application/octet-stream', fileName = 'file'): Record<string, string> {
  const isShown = inlineTypes.test(mimeType) && !/[\r\n]/.test(mimeType);
  return {
    'content-type': isShown ? mimeType : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    'content-security-policy': "default-src 'none'; sandbox",
  };
}
