import assert from "node:assert/strict";
import { test } from "node:test";
import { localMoment } from "../../webapp/static/js/moments.js";

test("a moment is shown in the reader's zone, with the zone", () => {
  assert.equal(localMoment("2026-11-29T20:30:45+00:00", "Asia/Shanghai"), "2026-11-30 04:30 UTC+8");
  assert.equal(localMoment("2026-11-29T20:30Z", "UTC"), "2026-11-29 20:30 UTC");
  assert.equal(localMoment("2026-07-01T00:00:00Z", "America/St_Johns"), "2026-06-30 21:30 UTC-2:30");
  assert.equal(localMoment("2026-11-29T16:00:00Z", "Asia/Shanghai"), "2026-11-30 00:00 UTC+8");
});

test("what is no moment stays as it is", () => assert.equal(localMoment("soon"), "soon"));
