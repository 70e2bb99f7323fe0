// @ts-check
/** Brings a file in parts: progress, cancel, and going on where a lost connection stopped. */
import { Refused, ask } from "./fetching.js";

const TRIES = 4;

/**
 * @param {File} file
 * @param {number} part bytes of one part
 * @param {(share: number) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<any>} the upload as the service tells it
 */
export async function bring(file, part, onProgress, signal) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  let told = await ask("/api/uploads", { method: "POST", headers, body: JSON.stringify({ name: file.name, size: file.size }), signal });
  for (let failures = 0; told.have < file.size; ) {
    try {
      const body = file.slice(told.have, told.have + part);
      told = await ask(`/api/uploads/${told.upload}?at=${told.have}`, { method: "PUT", headers: { Accept: "application/json", "Content-Type": "application/octet-stream" }, body, signal });
      failures = 0;
    } catch (error) {
      if (error instanceof Refused && error.status === 401) throw error; // what came so far waits for a sign-in
      failures += 1;
      if (signal.aborted || failures >= TRIES) {
        await drop(told.upload);
        throw error;
      }
      await new Promise((resolve) => window.setTimeout(resolve, 500 * failures));
    }
    onProgress(told.have / file.size);
  }
  return told;
}

/** Forgets a file at the service. @param {string} upload */
export function drop(upload) {
  return ask(`/api/uploads/${upload}`, { method: "DELETE" }).catch(() => null);
}
