// @ts-check
/** Long computations: started, watched, cancelled. */
import { make } from "./element.js";
import { Refused, ask } from "./fetching.js";
import { language, said } from "./language.js";

/** @import { Job } from "./api.js" */

/** Sends a question. @param {string} url @param {unknown} [body] @returns {Promise<any>} */
export function post(url, body = {}) {
  return ask(url, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/**
 * Waits for a job, telling its progress.
 * @param {Job} job as the service told it
 * @param {(done: number, advice: string) => void} onProgress with what would help where it takes long
 * @returns {Promise<any>} the finished job, with what it found
 */
export async function finished(job, onProgress) {
  let told = job;
  for (let pause = 80; told.state === "waiting" || told.state === "running"; pause = Math.min(pause * 1.1, 1000)) {
    onProgress(told.done, told.advice ? told.advice[language()] : "");
    await new Promise((resolve) => window.setTimeout(resolve, pause));
    told = await ask(`/api/jobs/${told.job}`);
  }
  if (told.state !== "done") throw new Refused(told.error ? told.error[language()] : said("request_failed", { status: told.state }));
  return told;
}

/**
 * Runs a job with a progress bar and a cancel button in a place.
 * @param {HTMLElement} place
 * @param {() => Promise<any>} start
 */
export async function run(place, start) {
  const bar = /** @type {HTMLProgressElement} */ (make("progress", { max: 1, value: 0 }));
  const words = make("span", { role: "status" });
  place.replaceChildren(bar, words);
  try {
    const job = await start();
    if (!job.job) return job; // already known
    const stop = make("button", { type: "button", text: said("compute_cancel"), onclick: () => post(`/api/jobs/${job.job}/cancel`) });
    place.append(stop);
    const told = await finished(job, (done, advice) => {
      bar.value = done;
      words.textContent = `${said("computing", { percent: Math.round(done * 100) })} ${advice}`;
    });
    place.replaceChildren();
    return told;
  } catch (error) {
    place.replaceChildren(make("span", { class: "problem", role: "alert", text: error instanceof Error ? error.message : String(error) }));
    return null;
  }
}
