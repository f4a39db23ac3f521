const mediaKinds = /** @type {const} */ (['image', 'video', 'audio']);

/**
 * A file as the control API takes it.
 * @param {File} chosen
 * @param {string} caption
 */
export async function fileContent(chosen, caption) {
  const type = mediaKinds.find((kind) => chosen.type.startsWith(`${kind}/`)) ?? 'document';
  return {
    type,
    [type]: {
      data: await base64(chosen),
      ...(chosen.type && { mimeType: chosen.type }),
      ...(type === 'document' && { fileName: chosen.name }),
      ...(caption && type !== 'audio' && { caption }),
    },
  };
}

/**
 * @param {Blob} file
 * @returns {Promise<string>}
 */
const base64 = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(/** @type {string} */ (reader.result).replace(/^[^,]*,/, '')));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('The file cannot be read.')));
    reader.readAsDataURL(file);
  });
