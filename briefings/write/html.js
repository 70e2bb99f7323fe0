// @ts-check
// Compares each part of this page with the hash it was made with; asks no network and needs no secure context.
(function () {
  const PRIMES = [];
  for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((p) => n % p)) PRIMES.push(n);
  const whole = (/** @type {number} */ x) => Math.floor((x - Math.floor(x)) * 4294967296) | 0;
  const K = PRIMES.map((p) => whole(Math.cbrt(p)));
  const START = PRIMES.slice(0, 8).map((p) => whole(Math.sqrt(p)));
  const turn = (/** @type {number} */ x, /** @type {number} */ n) => (x >>> n) | (x << (32 - n));

  /** SHA-256 (FIPS 180-4). @param {string} text */
  function sha256(text) {
    const given = new TextEncoder().encode(text);
    const bytes = new Uint8Array((((given.length + 8) >> 6) + 1) << 6);
    bytes.set(given);
    bytes[given.length] = 128;
    const view = new DataView(bytes.buffer);
    view.setUint32(bytes.length - 8, Math.floor(given.length / 536870912));
    view.setUint32(bytes.length - 4, given.length << 3);
    const h = START.slice();
    const w = new Int32Array(64);
    for (let at = 0; at < bytes.length; at += 64) {
      for (let i = 0; i < 64; i++) {
        if (i < 16) w[i] = view.getInt32(at + 4 * i);
        else {
          const a = w[i - 15], b = w[i - 2];
          w[i] = (w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
        }
      }
      let [a, b, c, d, e, f, g, z] = h;
      for (let i = 0; i < 64; i++) {
        const s = (z + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const t = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [z, g, f, e, d, c, b, a] = [g, f, e, (d + s) | 0, c, b, a, (s + t) | 0];
      }
      [a, b, c, d, e, f, g, z].forEach((x, i) => (h[i] = (h[i] + x) | 0));
    }
    return h.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** An element as nested lists: name, attributes, children. @param {Element} element @returns {any[]} */
  function tree(element) {
    /** @type {any[]} */
    const children = [];
    for (const node of element.childNodes) {
      if (node instanceof Element) children.push(tree(node));
      else if (node.nodeType !== Node.TEXT_NODE) continue;
      else if (typeof children[children.length - 1] === "string") children[children.length - 1] += node.nodeValue;
      else children.push(node.nodeValue);
    }
    const known = [...element.attributes].map((one) => [one.name, one.value]);
    return [element.localName, known.sort((a, b) => (a[0] < b[0] ? -1 : 1)), children];
  }

  const place = /** @type {HTMLElement} */ (document.getElementById("seal"));
  const told = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("manifest")).textContent || "{}");
  const words = told.words;
  /** @type {Record<string, string>} */
  const now = {};
  const added = [];
  for (const one of [...document.head.querySelectorAll("style"), ...document.body.children]) {
    const name = one.getAttribute("data-part");
    if (!name) {
      if (!["seal", "manifest"].includes(one.id) && one !== document.currentScript) added.push(`<${one.localName}>`);
    } else if (name in now || !(name in told.parts)) added.push(name);
    else now[name] = sha256(JSON.stringify(tree(one)));
  }
  if (document.currentScript) now[document.currentScript.getAttribute("data-part") || ""] = sha256(JSON.stringify(tree(document.currentScript)));
  const names = Object.keys(told.parts);
  const wrong = names.filter((name) => now[name] !== told.parts[name]).concat(added);
  const seal = sha256(names.map((name) => `${name} ${told.parts[name]}`).join("\n"));
  const good = !wrong.length && seal === told.seal;
  place.textContent = good ? `✓ ${words.verified} ${seal.slice(0, 16)}` : `✗ ${words.changed} ${wrong.join(words.comma) || "manifest"}`;
  place.className = good ? "good" : "bad";
})();
