import assert from "node:assert/strict";
import { mock, test } from "node:test";

const status = { textContent: "", dataset: /** @type {Record<string, string>} */ ({}), classList: { add() {}, remove() {} } };
globalThis.document = /** @type {any} */ ({ getElementById: () => status });
globalThis.window = /** @type {any} */ ({ setTimeout: (/** @type {() => void} */ then, /** @type {number} */ ms) => setTimeout(then, ms), clearTimeout: (/** @type {any} */ one) => clearTimeout(one) });
mock.timers.enable({ apis: ["setTimeout"] });
const { announce, announceToo } = await import("../../webapp/static/js/element.js");

test("what follows an action stands beside what the action said, until that has passed", () => {
  announceToo("East");
  assert.equal(status.textContent, "East");
  announceToo("West");
  assert.equal(status.textContent, "West");
  announce("Saved");
  assert.equal(status.textContent, "Saved");
  announceToo("East");
  announceToo("West");
  assert.equal(status.textContent, "Saved · West");
  announce("Taken back");
  assert.equal(status.textContent, "Taken back");
  mock.timers.tick(10_000);
  announceToo("East");
  assert.equal(status.textContent, "East");
});
