// @ts-check
/** Amounts as people write them: "10亿", "1.5 bn", "US$150m". */

/** @type {Record<string, number>} */
const TIMES = { 千: 1e3, 万: 1e4, 百万: 1e6, 千万: 1e7, 亿: 1e8, thousand: 1e3, k: 1e3, million: 1e6, m: 1e6, mn: 1e6, billion: 1e9, bn: 1e9 };
/** Currencies as they are written beside an amount; others by their code. @type {Record<string, string>} */
const WRITTEN = { "¥": "CNY", 元: "CNY", 人民币: "CNY", rmb: "CNY", "us$": "USD", $: "USD", 美元: "USD", "€": "EUR", 欧元: "EUR", "£": "GBP", 英镑: "GBP", "hk$": "HKD", 港元: "HKD", 日元: "JPY" };
const AMOUNT = /^(us\$|hk\$|[¥$€£]|[a-z]{3}(?=[-+\d.]))?([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(百万|千万|千|万|亿|thousand|k|million|mn|m|billion|bn)?(人民币|元|美元|欧元|英镑|港元|日元|rmb|[a-z]{3}|亩|平方米|米)?$/;

/**
 * An amount as people write one ("10亿", "1.5 bn", "1,200", "US$150m") in a field's unit, with its currency behind where amounts are told apart by it; null where it is not a number.
 * What stands behind a bar, the amounts of further currencies, stays.
 * @param {string} said
 * @param {string} unit of the field
 * @param {boolean} [apart] whether another column tells the currency
 * @returns {string | null}
 */
export function plainAmount(said, unit, apart = false) {
  const [first, ...others] = said.split("|");
  const plain = first.normalize("NFKC").trim().toLowerCase().replace(/[,，\s]/g, "");
  const [, before = "", digits, times = "", behind = ""] = AMOUNT.exec(plain) ?? [];
  if (digits === undefined || (others.length && !apart)) return null;
  const code = [before, behind].map((one) => WRITTEN[one] ?? (/^[a-z]{3}$/.test(one) ? one.toUpperCase() : "")).find(Boolean) ?? "";
  if (code && !apart && code !== "CNY" && !unit.includes(code)) return null; // the field is of one currency, and not of this
  const amount = times ? String(Number(((Number(digits) * TIMES[times]) / (unit.startsWith("万") ? 1e4 : unit.startsWith("亿") ? 1e8 : 1)).toPrecision(15))) : digits;
  return [`${amount}${code && apart ? ` ${code}` : ""}`, ...others].join("|");
}
