// @ts-check
/** The address follows the state; Back, Forward and a link pasted into the open tab change the state. */
import { effect } from "@preact/signals-core";
import { spoken } from "./language.js";
import { same } from "./store.js";

/** @import { Store } from "./store.js" */
/** @import { View } from "./state.js" */

/** What a person takes back with Back; moving the map, fading, colours and an answer that came only rewrite the address. @type {(keyof View)[]} */
const STEPS = ["on", "filters", "selected", "date", "twin", "compared", "site", "question", "table"];

/**
 * @param {Store} store
 * @param {(hash: string) => void} open takes over what an address says
 */
export function followAddress(store, open) {
  const first = new URL(window.location.href).searchParams.get("lang");
  const usual = spoken.peek();
  /** @type {View} */
  let before = store.view.peek();
  let tongue = spoken.peek();
  let arriving = true;
  effect(() => {
    const view = store.view.value;
    const language = spoken.value;
    const step = language !== tongue || STEPS.some((key) => !same(before[key], view[key]));
    [before, tongue] = [view, language];
    const address = new URL(window.location.href);
    if (first || language !== usual || address.searchParams.has("lang")) address.searchParams.set("lang", language);
    address.hash = store.address.value;
    if (address.href === window.location.href) return;
    window.history[step && !arriving ? "pushState" : "replaceState"](null, "", address);
  });
  arriving = false;
  const arrive = () => {
    const asked = new URL(window.location.href);
    if (asked.hash === new URL(store.address.peek(), asked).hash && (asked.searchParams.get("lang") ?? usual) === spoken.peek()) return;
    arriving = true; // what follows is no step of its own
    try {
      const language = asked.searchParams.get("lang") ?? usual;
      if (language === "zh" || language === "en") spoken.value = language;
      open(asked.hash);
    } finally {
      arriving = false;
    }
  };
  window.addEventListener("popstate", arrive);
  window.addEventListener("hashchange", arrive);
}

/** The address of what is seen now, in the language it is read in. @param {Store} store */
export function linkTo(store) {
  const address = new URL(window.location.href);
  address.searchParams.set("lang", spoken.peek());
  address.searchParams.delete("view"); // the state says it all, also when the view is changed later
  address.hash = store.address.peek();
  return address.href;
}
