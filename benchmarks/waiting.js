// On the page of a map: does what a reader does and tells how long each took until it was drawn, in seconds.
async ({ layer, ids, conditions }) => {
  const times = 10;
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const rest = () => new Promise((done) => setTimeout(done, 300));
  const timed = async (act) => {
    const begun = performance.now();
    await act();
    const seconds = (performance.now() - begun) / 1000;
    await rest();
    return seconds;
  };
  const changes = (where, act) =>
    new Promise((done) => {
      const watch = new MutationObserver(() => {
        watch.disconnect();
        painted().then(done);
      });
      watch.observe(document.querySelector(where), { subtree: true, childList: true, characterData: true });
      act();
    });
  const ask = (key, value) => {
    const said = new URLSearchParams(location.hash.slice(1));
    said.set(key, value);
    location.hash = said.toString();
  };
  const box = document.querySelector(`input[data-layer="${layer}"]`);
  const found = { toggle: [], card: [], pan: [], filter: [] };
  if (!box.checked) box.click();
  await rest().then(rest).then(rest);
  for (let n = 0; n < times; n += 1) {
    found.toggle.push(await timed(async () => {
      box.click();
      await painted();
    }));
  }
  for (const id of ids) found.card.push(await timed(() => changes("#card", () => ask("sel", `${layer}/${id}`))));
  for (let n = 0; n < times; n += 1) {
    found.pan.push(await timed(async () => {
      window.map_plan.panBy([n % 2 ? 200 : -200, 0], { animate: false });
      await painted();
    }));
  }
  const counted = `label[for="layer-${layer}"]`;
  for (const one of conditions) {
    found.filter.push(await timed(() => changes("#tree", () => ask("f", `${layer}:${one}`))));
    found.counted = document.querySelector(counted)?.parentElement?.textContent.trim();
  }
  return found;
}
