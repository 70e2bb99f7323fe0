// @ts-check
/* The script of the one-file map. It draws what stands in #data; text from there only ever becomes textContent. */
(() => {
  "use strict";
  const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const data = JSON.parse(byId("data").textContent || "");
  const said = data.words;
  const results = byId("results");
  const MOST = 50;
  const [KEPT, LAST, ROOM] = [4, 100, 1.25]; // ranks of names of the first classes, and of those without one; a frame is looked at closer
  const [TITLED, OVER] = [30, 2]; // pixels that a frame's title takes; how much wider than its site a name may be
  /** Where a name may stand instead, in its widths and lines. @type {[number, number][]} */
  const AROUND = [[0, 0], [0, -1], [0, 1], [0.5, 0], [-0.5, 0], [0, -2], [0, 2], [0.5, -1], [-0.5, 1], [0.5, 1], [-0.5, -1], [0, -3], [0, 3], [0.75, 0], [-0.75, 0], [0.75, 1], [-0.75, -1], [0.75, -1], [-0.75, 1]];
  const BAND = 2; // rank of the names of long areas along which a plan goes
  const CASING = { color: "#fffefb", opacity: 0.9, fill: false, dashArray: null };
  const scale = 10 ** data.decimals;

  /** @param {string} tag @param {Record<string, string>} attributes @param {string} text */
  function make(tag, attributes = {}, text = "") {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  }

  /** @param {string} text @param {() => void} act */
  function button(text, act) {
    const made = make("button", { type: "button" }, text);
    made.addEventListener("click", act);
    return made;
  }

  /** A chain of steps as positions. @param {number[]} steps */
  function unpacked(steps) {
    let [x, y, out] = [0, 0, /** @type {any[]} */ ([])];
    for (let i = 0; i < steps.length; i += 2) out.push(L.latLng((y += steps[i + 1]) / scale, (x += steps[i]) / scale));
    return out;
  }

  /** Leaflet's shapes of one geometry. @param {any} shape @param {any} look @param {any} [more] @returns {any[]} */
  function drawn(shape, look, more) {
    const options = { ...look, ...more };
    if (look.kind === "point") return unpacked(shape).map((at) => L.circleMarker(at, options));
    if (look.kind === "line") return [L.polyline(shape.map(unpacked), options)];
    return [L.polygon(shape.map((/** @type {number[][]} */ rings) => rings.map(unpacked)), options)];
  }

  /** A small drawing around its middle. @param {Record<string, Record<string, string>>} parts attributes by element */
  function sketched(parts) {
    const named = (/** @type {string} */ tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
    const svg = named("svg");
    const attributes = Object.entries({ svg: { viewBox: "-10 -10 20 20", width: "20", height: "20" }, ...parts });
    for (const [tag, mine] of attributes) {
      const element = tag === "svg" ? svg : svg.appendChild(named(tag));
      for (const [name, value] of Object.entries(mine)) element.setAttribute(name, value);
    }
    return svg;
  }

  /** A sign of an axis, which nothing is asked of. @param {[number, number]} at @param {SVGElement} svg */
  function signed(at, svg) {
    const icon = L.divIcon({ className: "sign", iconSize: [20, 20], html: /** @type {any} */ (svg) });
    return L.marker(at, { icon, interactive: false, keyboard: false });
  }

  /** What lies over an axis: an arrow head at each end, a ring where two cross. @param {any} layer */
  function signs(layer) {
    const heads = Object.entries(layer.guide.heads).flatMap(([feature, ends]) => {
      const { color } = layer.looks[layer.look ? layer.look[feature] : 0];
      return ends.map((/** @type {[number, number][]} */ [tip, before]) => {
        const way = map.project(tip, 20).subtract(map.project(before, 20));
        const turn = (Math.atan2(way.x, -way.y) * 180) / Math.PI;
        return signed(tip, sketched({ path: { d: "M0-7.6 6.6 3.8-6.6 3.8z", fill: color, stroke: CASING.color, transform: `rotate(${turn.toFixed(1)})` } }));
      });
    });
    const ring = { r: "7", fill: CASING.color, stroke: "#1e2b35", "stroke-width": "2.5" };
    return [...heads, ...layer.guide.rings.map((/** @type {[number, number]} */ at) => signed(at, sketched({ circle: ring })))];
  }

  const map = L.map("map", { preferCanvas: true, zoomControl: false, attributionControl: false, maxZoom: 20, zoomSnap: 0.25 });
  L.control.zoom({ zoomInTitle: said.zoom_in, zoomOutTitle: said.zoom_out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const north = new L.Control({ position: "topright" });
  north.onAdd = () => {
    const box = make("div", { class: "north", role: "img", "aria-label": said.north }, said.north);
    box.append(sketched({ path: { d: "M0-9 5.6 7 0 3.6-5.6 7z", fill: "#14324a", stroke: "#fff" } }));
    return box;
  };
  north.addTo(map); // the map's projection has it above everywhere
  const framed = document.body.classList.contains("bare");
  const key = document.getElementById("key");
  let roomy = false;
  /** Unfolds the legend where a frame has room for it: a long one would cover a map that is not large. */
  function unfold() {
    const { x, y } = map.getSize();
    if (!key || roomy === (x >= 600 && y >= 360)) return;
    roomy = !roomy;
    key.toggleAttribute("open", roomy);
    if (roomy && x < 1000 && key.offsetHeight > y * 0.45) key.removeAttribute("open");
  }
  unfold();
  map.on("resize", unfold);
  /** Shows what the map opens with; where there are blocks that lie apart, the largest, beside an open legend. */
  function home() {
    const beside = key?.hasAttribute("open") && map.getSize().x >= 1000 ? key.offsetWidth : 0;
    const padded = /** @type {[number, number]} */ ([beside, framed ? TITLED : 0]);
    if (data.center) map.setView(data.center, data.zoom ?? map.getZoom(), { animate: false });
    else map.fitBounds(data.blocks.length > 1 ? data.blocks[0].bounds : data.bounds, { animate: false, paddingTopLeft: padded });
  }
  map.fitBounds(data.bounds, { animate: false });
  map.setMinZoom(Math.max(0, map.getZoom() - 1));
  home();
  map.setMaxBounds(L.latLngBounds(data.bounds).extend(map.getBounds()).pad(0.3));
  const places = new L.Control({ position: "topleft" });
  places.onAdd = () => {
    const bar = make("div", { class: "leaflet-bar places" });
    L.DomEvent.disableClickPropagation(bar);
    const back = button("⌂", home);
    back.title = said.home;
    back.setAttribute("aria-label", said.home);
    bar.append(back);
    const jumps = data.blocks.length > 1 ? [...data.blocks, { name: said.whole, bounds: data.bounds }] : [];
    for (const one of jumps) bar.append(button(one.name, () => map.fitBounds(one.bounds, { animate: false })));
    return bar;
  };
  places.addTo(map);
  if (framed) letScrollPast(map.getContainer());
  /** Lets the page around a framed map scroll past it: Ctrl or two fingers are for the map. @param {HTMLElement} frame */
  function letScrollPast(frame) {
    const how = make("p", { id: "how", role: "status" });
    let fading = 0;
    const tell = (/** @type {string} */ words) => {
      how.textContent = words;
      window.clearTimeout(fading);
      fading = window.setTimeout(() => (how.textContent = ""), 1600);
    };
    frame.after(how);
    map.scrollWheelZoom.disable();
    frame.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return tell(said.ctrl);
        event.preventDefault();
        const step = Math.max(-1, Math.min(1, -event.deltaY / 100));
        map.setZoomAround(map.mouseEventToContainerPoint(event), map.getZoom() + step, { animate: false });
      },
      { passive: false },
    );
    frame.addEventListener("touchstart", (event) => {
      const one = event.touches.length === 1;
      frame.classList.toggle("one-finger", one);
      if (one) map.dragging.disable();
      else map.dragging.enable();
    }, { passive: true });
    frame.addEventListener("touchmove", (event) => event.touches.length === 1 && tell(said.fingers), { passive: true });
    frame.addEventListener("touchend", () => map.dragging.enable(), { passive: true });
    frame.classList.add("one-finger");
  }

  map.createPane("background").style.zIndex = "250";
  const below = L.canvas({ pane: "background" });
  /** The land, on which the blocks lie. @type {any[] | undefined} */
  let lowest;
  for (const { look, zoom, shapes } of data.background) {
    const options = { pane: "background", renderer: below, interactive: false };
    const mine = typeof shapes === "number" ? data.layers[shapes].shapes : shapes;
    const group = L.layerGroup(mine.flatMap((/** @type {any} */ shape) => (shape ? drawn(shape, look, options) : [])));
    lowest ??= group.getLayers();
    const follow = () => (map.getZoom() >= zoom ? map.addLayer(group) : map.removeLayer(group));
    map.on("zoomend", follow);
    follow();
  }

  const whole = data.blocks.filter((/** @type {any} */ one) => !data.layers.some((/** @type {any} */ layer) => layer.id === one.layer));
  for (const { shape } of whole) {
    const options = { pane: "background", renderer: below, interactive: false, stroke: false, fillColor: "#fffefb", fillOpacity: 1 };
    const ground = drawn(shape, { kind: "polygon" }, options)[0].addTo(map);
    ground.bringToBack();
    for (const [weight, opacity] of [[12, 0.1], [8, 0.12], [3, 0.2]]) drawn(shape, { kind: "polygon" }, { ...options, fill: false, stroke: true, color: "#23485c", weight, opacity })[0].addTo(map);
  }
  for (const path of lowest) path.bringToBack();

  const layers = data.layers.map((/** @type {any} */ layer, /** @type {number} */ at) => {
    const group = L.featureGroup();
    const wider = (/** @type {any} */ look) => ({ ...look, ...CASING, weight: look.weight + 3.4, interactive: false });
    if (layer.guide) {
      layer.shapes.forEach((/** @type {any} */ shape, /** @type {number} */ feature) => {
        const look = layer.looks[layer.look ? layer.look[feature] : 0];
        if (shape && look.kind === "line") for (const path of drawn(shape, wider(look))) group.addLayer(path);
      });
    }
    const paths = layer.shapes.map((/** @type {any} */ shape, /** @type {number} */ feature) => {
      if (!shape) return null;
      const made = drawn(shape, layer.looks[layer.look ? layer.look[feature] : 0]);
      for (const path of made) {
        path.feature = feature;
        group.addLayer(path);
      }
      return made;
    });
    if (layer.guide) for (const one of signs(layer)) group.addLayer(one);
    const names = layer.names.map((/** @type {string} */ name) => name.toLowerCase());
    group.on("click", (/** @type {any} */ event) => {
      L.DomEvent.stopPropagation(event);
      open(at, event.propagatedFrom.feature, event.latlng);
    });
    return { layer, group, paths, names };
  });

  const over = { interactive: false };
  for (const { look, shapes } of data.evidence) for (const shape of shapes) for (const path of drawn(shape, look, over)) path.addTo(map);
  if (data.site.length) L.polygon(data.site, { ...over, color: "#7b2cbf", weight: 2.5, fillOpacity: 0.12 }).addTo(map);

  const boxes = [...document.querySelectorAll("section.layer")].map((section) => {
    const at = Number(section.getAttribute("data-layer"));
    const box = /** @type {HTMLInputElement} */ (section.querySelector("input"));
    const list = /** @type {HTMLButtonElement} */ (section.querySelector("button"));
    box.disabled = list.disabled = false;
    box.addEventListener("change", () => show(at, box.checked));
    list.addEventListener("click", () => listed(layers[at].names.map((/** @type {string} */ _, /** @type {number} */ i) => [at, i])));
    show(at, box.checked);
    return box;
  });

  /** Switches a layer; those above it stay above it. @param {number} at @param {boolean} on */
  function show(at, on) {
    const { group } = layers[at];
    if (on) {
      map.addLayer(group);
      for (const above of layers.slice(at + 1)) if (map.hasLayer(above.group)) above.group.bringToFront();
    } else map.removeLayer(group);
    document.querySelector(`section.layer[data-layer="${at}"]`)?.classList.toggle("off", !on);
  }

  /** What is known of a feature. @param {number} at @param {number} feature */
  function told(at, feature) {
    const { layer, paths } = layers[at];
    const body = make("div");
    const under = make("p", { class: "soft text" }, layer.label);
    if (layer.illustrative) under.append(" ", make("span", { class: "badge" }, said.illustrative));
    body.append(make("h3", { tabindex: "-1" }, layer.names[feature]), under);
    if (!paths[feature]) {
      body.append(make("p", { class: "warning text" }, `${said.unplaced} · ${layer.reasons[feature] || said.no_reason}`));
    }
    const list = make("dl");
    layer.fields.forEach((/** @type {string} */ label, /** @type {number} */ i) => {
      const value = layer.texts[i][layer.values[i] ? layer.values[i][feature] : -1];
      list.append(make("dt", {}, label), make("dd", value ? {} : { class: "unknown" }, value ?? said.not_stated));
    });
    body.append(list);
    return body;
  }

  /** Opens what is known of a feature, on the map or, where it has no place, beside it. @param {number} at @param {number} feature @param {any} [where] @param {HTMLElement} [opener] */
  function open(at, feature, where, opener) {
    const body = told(at, feature);
    const card = byId("card");
    card.hidden = true;
    map.closePopup();
    const placed = layers[at].paths[feature];
    body.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      map.closePopup();
      card.hidden = true;
      (opener || map.getContainer()).focus();
    });
    if (!placed) {
      card.replaceChildren(body);
      card.hidden = false;
    } else {
      if (!boxes[at].checked) show(at, (boxes[at].checked = true));
      const popup = L.popup({ maxWidth: 340, minWidth: 220, maxHeight: Math.max(160, map.getSize().y - 140) });
      popup.setLatLng(where ?? brought(placed)).setContent(body).openOn(map);
      popup.getElement()?.querySelector("a.leaflet-popup-close-button")?.setAttribute("aria-label", said.close);
    }
    if (opener) body.querySelector("h3")?.focus({ preventScroll: Boolean(placed) });
  }

  /** Brings a feature onto the map and returns where to point. @param {any[]} paths */
  function brought(paths) {
    const bounds = L.latLngBounds([]);
    for (const path of paths) bounds.extend(path.getBounds ? path.getBounds() : path.getLatLng());
    map.fitBounds(bounds, { maxZoom: Math.max(16, map.getZoom()), padding: [60, 60], animate: false });
    return paths[0].getCenter ? paths[0].getCenter() : paths[0].getLatLng();
  }

  /** Lists features to choose from. @param {[number, number][]} found */
  function listed(found) {
    const rows = found.slice(0, MOST).map(([at, feature]) => {
      const row = button(layers[at].layer.names[feature], () => open(at, feature, undefined, row));
      row.append(make("small", {}, layers[at].layer.label + (layers[at].paths[feature] ? "" : ` · ${said.unplaced}`)));
      return row;
    });
    results.replaceChildren(...rows);
    const more = found.length > MOST ? said.first.replace("{shown}", String(MOST)) : "";
    byId("status").textContent = found.length ? said.found.replace("{count}", String(found.length)) + more : said.none;
  }

  const search = /** @type {HTMLInputElement} */ (byId("search"));
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const whole = words.join(" ");
    /** @type {[number, number][][]} */
    const ranked = [[], [], []];
    layers.forEach((/** @type {any} */ { layer, names }, /** @type {number} */ at) => {
      names.forEach((/** @type {string} */ name, /** @type {number} */ i) => {
        const other = (layer.found && layer.found[i]) || "";
        if (!words.every((word) => name.includes(word) || (other && other.includes(word)))) return;
        ranked[name === whole ? 0 : name.startsWith(whole) ? 1 : 2].push([at, i]);
      });
    });
    listed(words.length ? ranked.flat() : []);
    if (!words.length) byId("status").textContent = "";
  });
  byId("tools").addEventListener("keydown", (event) => {
    const rows = [...results.querySelectorAll("button")];
    const here = rows.indexOf(/** @type {any} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && event.target === search) rows[0]?.click();
    else if (!step || byId("card").contains(/** @type {Node} */ (event.target))) return;
    else (rows[here + step] ?? search).focus();
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target === search) return;
    event.preventDefault();
    search.focus();
  });
  /** Outlines of the blocks. @type {any[][]} */
  const edges = data.blocks.flatMap((/** @type {any} */ one) => one.shape.flatMap((/** @type {number[][]} */ rings) => rings.map(unpacked).map((ring) => [...ring, ring[0]])));
  nameThings();
  map.on("moveend layeradd layerremove", nameThings);
  key?.addEventListener("toggle", nameThings);

  /** Writes names on the map, the largest things first, none on another. */
  function nameThings() {
    let pane = document.getElementById("names");
    if (!pane) {
      pane = make("div", { id: "names", "aria-hidden": "true" });
      map.getContainer().append(pane);
    }
    const size = map.getSize();
    const most = Math.max(6, Math.round((size.x * size.y) / 14_000));
    /** @type {{name: string, at: any, weight: number, rank: number, size: number, color: string | null, site?: number}[]} */
    const wanted = [];
    for (const { name, bounds, size: letters, color } of whole) {
      const box = L.latLngBounds(bounds);
      const at = map.latLngToContainerPoint(box.getCenter());
      if (at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y) wanted.push({ name, at, weight: 1e6, rank: 1, size: letters || 16, color });
    }
    for (const { layer, group, paths } of layers) {
      if (!layer.named || !map.hasLayer(group)) continue;
      paths.forEach((/** @type {any[] | null} */ made, /** @type {number} */ i) => {
        const path = made && made[0];
        if (!path || path.getLatLngs?.().length === 0) return;
        const at = map.latLngToContainerPoint(path.getBounds ? path.getBounds().getCenter() : path.getLatLng());
        if (at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) return;
        const box = path.getBounds?.();
        const span = box ? map.latLngToContainerPoint(box.getNorthEast()).distanceTo(map.latLngToContainerPoint(box.getSouthWest())) : 0;
        if (box && span < 24) return;
        const [rank, letters, color, zoom] = layer.lettering[layer.letters ? layer.letters[i] : 0] ?? [];
        if (zoom && map.getZoom() < zoom - ROOM) return;
        wanted.push({ name: layer.short[i] ?? layer.names[i], at: box ? at : at.subtract([0, 16]), weight: span, rank: rank ?? LAST, size: letters || 12, color, site: box ? span : 0 });
      });
    }
    wanted.sort((one, other) => one.rank - other.rank || other.weight - one.weight);
    pane.replaceChildren();
    const frame = map.getContainer().getBoundingClientRect();
    /** What names stand around: the buttons on the map, its title, the legend, the line of sources, signs of axes. @type {[number, number, number, number][]} */
    const taken = [...document.querySelectorAll(".leaflet-control, .sign, #key, #credit, #state, #title")].map((one) => {
      const box = one.getBoundingClientRect();
      return [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top];
    });
    const kerbs = crossable();
    let written = 0;
    const smaller = Math.min(1, Math.max(0.7, size.x / 900));
    for (const { name, at, rank, size: letters, color, site } of wanted) {
      const kept = rank <= KEPT;
      if (written >= most && !kept) break;
      const high = Math.max(11, Math.round(letters * (letters > 13 ? smaller : 1)));
      const wide = [...name].reduce((sum, letter) => sum + high * (letter.charCodeAt(0) > 0x2e80 ? 1.04 : kept ? 0.62 : 0.58), 8);
      if (rank === LAST && site && wide > OVER * site) continue; // it would name its neighbours too
      const box = (kept ? AROUND : AROUND.slice(0, 3))
        .map(([right, down]) => {
          const [x, y] = [at.x + right * wide, at.y + down * high * 1.5];
          const [cx, cy] = kept ? [Math.min(Math.max(x, wide / 2), size.x - wide / 2), Math.min(Math.max(y, high), size.y - high)] : [x, y];
          return /** @type {[number, number, number, number]} */ ([cx - wide / 2, cy - high * 0.75, cx + wide / 2, cy + high * 0.75]);
        })
        .filter((one) => one[0] >= 0 && one[2] <= size.x && one[1] >= 0 && one[3] <= size.y && !taken.some((other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]))
        .map((one) => ({ one, cost: kept ? crossed(one, kerbs) : 0 }))
        .sort((one, other) => one.cost - other.cost)[0]?.one;
      if (!box) continue;
      taken.push(box);
      written += 1;
      const shown = make("span", {}, name);
      shown.style.left = `${(box[0] + box[2]) / 2}px`;
      shown.style.top = `${(box[1] + box[3]) / 2}px`;
      shown.style.fontSize = `${high}px`;
      if (color) shown.style.color = color;
      if (kept) shown.style.fontWeight = "700";
      pane.append(shown);
    }
  }

  /** What first names keep off where they can, in pixels: axes and blocks' edges, and bands, in which nothing lies either. */
  function crossable() {
    const onMap = (/** @type {any} */ chain) => chain.map((/** @type {any} */ at) => map.latLngToContainerPoint(at));
    const found = edges.map((chain) => ({ chain: onMap(chain), area: false }));
    for (const { layer, group, paths } of layers) {
      if (!map.hasLayer(group)) continue;
      paths.forEach((/** @type {any[] | null} */ made, /** @type {number} */ i) => {
        const band = layer.lettering[layer.letters ? layer.letters[i] : 0]?.[0] === BAND;
        for (const path of made || []) {
          if (path instanceof L.Polygon) {
            if (band) for (const rings of path.getLatLngs()) found.push({ chain: onMap([.../** @type {any[]} */ (rings)[0], /** @type {any[]} */ (rings)[0][0]]), area: true });
          } else if (layer.guide && path instanceof L.Polyline) for (const chain of path.getLatLngs()) found.push({ chain: onMap(chain), area: false });
        }
      });
    }
    return found;
  }

  /** How many of them a name's box lies on. @param {[number, number, number, number]} box @param {{chain: any[], area: boolean}[]} kerbs */
  function crossed([left, top, right, bottom], kerbs) {
    const [ground, middle] = [L.bounds([left, top], [right, bottom]), L.point((left + right) / 2, (top + bottom) / 2)];
    return kerbs.filter(({ chain, area }) => {
      let inside = false;
      for (let i = 1; i < chain.length; i += 1) {
        const [from, to] = [chain[i - 1], chain[i]];
        if (L.LineUtil.clipSegment(from, to, ground)) return true;
        if (from.y > middle.y !== to.y > middle.y && middle.x < from.x + ((to.x - from.x) * (middle.y - from.y)) / (to.y - from.y)) inside = !inside;
      }
      return area && inside;
    }).length;
  }

  byId("tools").hidden = false;
  const [wantedLayer, ...wanted] = String(data.selected).split("/");
  const at = layers.findIndex((/** @type {any} */ one) => one.layer.id === wantedLayer);
  const feature = at < 0 ? -1 : layers[at].layer.ids.indexOf(wanted.join("/"));
  if (feature >= 0) open(at, feature);
  document.documentElement.dataset.ready = "1";
})();
