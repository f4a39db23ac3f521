const SHOWN = /^(image\/(png|jpeg|gif|webp)|audio\/[\w.+-]+|video\/[\w.+-]+)(;.*)?$/;

/**
 * Headers for a file that a stranger chose: pictures and recordings may be shown, all else is only ever saved, so that
 * no document runs as a page of ours.
 */
export function attachment(mimeType = 'application/octet-stream', fileName = 'file'): Record<string, string> {
  const isShown = SHOWN.test(mimeType) && !/[\r\n]/.test(mimeType);
  return {
    'content-type': isShown ? mimeType : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    'content-security-policy': "default-src 'none'; sandbox",
  };
}
