// @ts-check
/** Fields' ids as texts hold them: in lists with commas, before the sign of a condition, in the map's address. */

/** @param {string} id */
export function writtenField(id) {
  return id.replace(/[%,;=!<>~?]|^-/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The other way round; what is written plainly is read as it stands. @param {string} written @returns {string} */
export function readField(written) {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
