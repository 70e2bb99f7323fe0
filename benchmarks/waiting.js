// On the page of a map: does something a reader does, ten times, and tells how long each took until drawn, seconds.
async ({ what, layer, values }) => {
  const longest = 20_000;
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));
  const ask = (key, value) => {
    const said = new URLSearchParams(location.hash.slice(1));
    said.set(key, value);
    location.hash = said.toString();
  };
  const changed = (begin, act) =>
    new Promise((done, fail) => {
      setTimeout(() => fail(new Error(`nothing changed: ${what} ${location.hash}`)), longest);
      const watch = begin(() => {
        watch.disconnect();
        painted().then(painted).then(done);
      });
      act();
    });
  const card = (seen) => {
    const watch = new MutationObserver(seen);
    watch.observe(document.querySelector("#card"), { subtree: true, childList: true, characterData: true });
    return watch;
  };
  const fetched = (seen) => {
    const mine = (one) => one.name.includes(`/layers/${layer}.geojson`);
    const watch = new PerformanceObserver((told) => told.getEntries().some(mine) && seen());
    watch.observe({ type: "resource" });
    return watch;
  };
  const box = document.querySelector(`input[data-layer="${layer}"]`);
  const deeds = {
    toggle: async () => {
      box.click();
      await painted();
    },
    card: (value) => changed(card, () => ask("sel", `${layer}/${value}`)),
    filter: (value) => changed(fetched, () => ask("f", `${layer}:${value}`)),
    pan: async (value) => {
      window.map_plan.panBy([Number(value), 0], { animate: false });
      await painted();
    },
  };
  if (!box.checked) box.click();
  await rest(1000);
  const seconds = [];
  for (const value of values) {
    const begun = performance.now();
    await deeds[what](value);
    seconds.push((performance.now() - begun) / 1000);
    await rest(200);
  }
  return seconds;
}
