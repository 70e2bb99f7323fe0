// @ts-check
/** Asks the service; an error it tells in two languages is passed on in ours. */
import { language, said } from "./language.js";
import { signInAgain } from "./sign-in.js";

export class Refused extends Error {
  /** @param {string} message @param {number} [status] of the answer; 0 when there was none @param {string} [code] of the error */
  constructor(message, status = 0, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Where the session has ended it is asked for, and what was sent is sent again. @param {string} url @param {RequestInit} [options] @returns {Promise<any>} */
export async function ask(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: "application/json" }, ...options });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(said("no_connection"));
  }
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => null);
  if (answer.status === 401) {
    if (await signInAgain()) return ask(url, options);
    throw new Refused(said("session_ended"), 401, problem?.code ?? "");
  }
  throw new Refused((problem && problem[`title_${language()}`]) || said("request_failed", { status: answer.status }), answer.status, (problem && problem.code) || "");
}
