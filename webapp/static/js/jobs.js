// @ts-check
/** Long computations: started, watched, cancelled. */
import { make } from "./element.js";
import { Refused, ask } from "./fetching.js";
import { language, said } from "./language.js";

/** @import { Job } from "./api.js" */

const MOST_TRIES = 40; // of a start that finds all places taken: about a quarter of an hour
const [FIRST_PAUSE, LONGEST_PAUSE] = [2, 30]; // seconds

/** Sends a question. @param {string} url @param {unknown} [body] @returns {Promise<any>} */
export function post(url, body = {}) {
  return ask(url, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/**
 * Waits for a job, telling its progress.
 * @param {Job} job as the service told it
 * @param {(done: number, advice: string, told: Job) => void} onProgress with what would help where it takes long
 * @returns {Promise<any>} the finished job, with what it found
 */
export async function finished(job, onProgress) {
  let told = job;
  for (let pause = 80; told.state === "waiting" || told.state === "running"; pause = Math.min(pause * 1.1, 1000)) {
    onProgress(told.done, told.advice ? told.advice[language()] : "", told);
    await new Promise((resolve) => window.setTimeout(resolve, pause));
    told = await ask(`/api/jobs/${told.job}`);
  }
  if (told.state !== "done") throw new Refused(told.error ? told.error[language()] : said("request_failed", { status: told.state }));
  return told;
}

/**
 * Starts a job; while all places are taken it tries again by itself, after pauses that grow.
 * @param {() => Promise<any>} start
 * @param {(tried: number, seconds: number) => void} onFull
 * @param {() => boolean} unwanted whether nobody waits for it any more
 * @returns {Promise<any>} the job; null when nobody waits
 */
async function placed(start, onFull, unwanted) {
  for (let tried = 1, pause = FIRST_PAUSE; !unwanted(); tried += 1, pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "busy" || tried === MOST_TRIES) throw error;
    }
    for (let left = Math.round(pause); left > 0 && !unwanted(); left -= 1) {
      onFull(tried, left);
      await new Promise((resolve) => window.setTimeout(resolve, 1000));
    }
  }
  return null;
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
  let unwanted = false;
  let leave = () => {};
  const stop = make("button", { type: "button", text: said("compute_cancel"), onclick: () => ((unwanted = true), leave()) });
  try {
    const job = await placed(start, (tried, seconds) => {
      if (!stop.isConnected) place.append(stop);
      words.textContent = said("compute_full", { tried, seconds });
    }, () => unwanted);
    if (!job) return place.replaceChildren(), null;
    if (!job.job) return job; // already known
    leave = () => void post(`/api/jobs/${job.job}/cancel`);
    place.append(stop);
    const told = await finished(job, (done, advice, { state, ahead }) => {
      bar.value = done;
      words.textContent = state === "waiting" && ahead ? said("compute_waits", { count: ahead }) : `${said("computing", { percent: Math.round(done * 100) })} ${advice}`;
    });
    place.replaceChildren();
    return told;
  } catch (error) {
    place.replaceChildren(make("span", { class: "problem", role: "alert", text: error instanceof Error ? error.message : String(error) }));
    return null;
  }
}
