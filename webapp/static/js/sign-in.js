// @ts-check
/** Signing in where one is: a session that has ended costs nothing that was entered. */
import { make } from "./element.js";
import { said } from "./language.js";

/** What is waited for while the dialog is open, by however many requests. @type {Promise<boolean> | null} */
let waited = null;

/** Asks over the page to sign in again. @returns {Promise<boolean>} whether what was refused is worth another try */
export function signInAgain() {
  waited ??= new Promise((resolve) => {
    const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { "aria-label": said("sign_in") }));
    const end = (/** @type {boolean} */ again) => {
      dialog.remove();
      waited = null;
      resolve(again);
    };
    dialog.append(form(() => end(true)), make("form", { method: "dialog" }, make("button", { text: said("close") })));
    dialog.addEventListener("close", () => end(false));
    document.body.append(dialog);
    dialog.showModal();
  });
  return waited;
}

/** @param {() => void} done @returns {HTMLElement} */
function form(done) {
  const name = /** @type {HTMLInputElement} */ (make("input", { name: "name", autocomplete: "username", required: true, maxlength: 40 }));
  const password = /** @type {HTMLInputElement} */ (make("input", { name: "password", type: "password", autocomplete: "current-password", required: true, maxlength: 200 }));
  const status = make("p", { role: "alert" });
  const asked = make(
    "form",
    { class: "sign-in-here" },
    make("p", { role: "alert", class: "problem", text: said("session_ended") }),
    make("label", { class: "field" }, make("span", { text: said("account_name") }), name),
    make("label", { class: "field" }, make("span", { text: said("account_password") }), password),
    make("p", { class: "actions" }, make("button", { text: said("sign_in_and_go_on") }), " ", make("a", { href: "/login?next=/account", target: "_blank", text: said("sign_in_elsewhere") }), " ", make("button", { type: "button", text: said("try_again"), onclick: done })),
    status,
  );
  asked.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ name: name.value, password: password.value, next: "/healthz" });
    const answer = await fetch("/login", { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) return done();
    password.value = "";
    status.textContent = said(answer?.status === 403 ? "sign_in_refused" : answer?.status === 429 ? "sign_in_later" : "no_connection");
  });
  return asked;
}
