// @ts-check
/** Text for the clipboard, and what to do where there is none. */
import { linkTo } from "./address.js";
import { announce } from "./element.js";
import { said } from "./language.js";

/** @import { Store } from "./store.js" */

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    announce(said("copied"));
  } catch {
    announce(said("copy_by_hand"));
  }
}

/** Copies the address of what is seen, in the language it is read in, so that whoever gets it reads the same. @param {Store} store */
export function copyAddress(store) {
  return copy(linkTo(store));
}
