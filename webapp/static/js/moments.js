// @ts-check
/** Moments as the reader's own clock shows them; where no script runs the page says UTC. */

/**
 * A moment in the reader's time zone, to the minute, with the zone's name.
 * @param {string} iso ISO 8601 in UTC
 * @param {string} [zone] IANA name; the reader's own if not said
 */
export function localMoment(iso, zone) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const asked = /** @type {Intl.DateTimeFormatOptions} */ ({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false, hourCycle: "h23", timeZone: zone });
  const part = Object.fromEntries(new Intl.DateTimeFormat("en-GB", asked).formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute} ${offset(at, zone)}`;
}

/** How far a zone is from UTC: "UTC+8", as read everywhere. @param {Date} at @param {string} [zone] */
function offset(at, zone) {
  const named = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(at);
  return (named.find(({ type }) => type === "timeZoneName")?.value ?? "UTC").replace("GMT", "UTC").replace(/\+0$/, "");
}

/** Shows every moment of a page in the reader's time. @param {ParentNode} page */
export function showMoments(page) {
  for (const one of page.querySelectorAll("time[datetime]")) one.textContent = localMoment(one.getAttribute("datetime") ?? "");
}
