// Built by esbuild 0.28.2 from boxes.js dom.js format.js gallery.js jupyterlab.js lazy.js panel.js widgets.js sha256:a253c67802e568405d3a1add5baedef8060b147b6c363b26009e1dbbbba4d261
// dom.js
var SVG = "http://www.w3.org/2000/svg";
var UNSEEN = (
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
);
var visible = (text) => text.replace(UNSEEN, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
var READ = /* @__PURE__ */ new Set(["alt", "aria-label", "placeholder", "title"]);
function setText(node, text) {
  node.textContent = visible(String(text ?? ""));
}
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      if (value) node.addEventListener(
        name.slice(2),
        /** @type {EventListener} */
        value
      );
    } else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null)
      node.setAttribute(name, READ.has(name) ? visible(String(value)) : String(value));
  }
  node.append(...children.filter((child) => child != null).map(shown));
  return node;
}
var shown = (child) => typeof child === "string" ? visible(child) : child;
function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value != null) node.setAttribute(name, READ.has(name) ? visible(String(value)) : String(value));
  node.append(...children.map(shown));
  return node;
}
function focusOn(node) {
  if (node instanceof HTMLElement) node.focus();
}
function pictureUrl(bytes, type = "image/jpeg") {
  return bytes?.byteLength ? URL.createObjectURL(new Blob([
    /** @type {BlobPart} */
    bytes
  ], { type })) : "";
}
function showPicture(image, bytes) {
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  image.src = pictureUrl(bytes);
}

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var percent = (share) => `${Math.round(share * 100)} %`;
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));
var fileName = (path) => path.split("/").pop() ?? "";

// boxes.js
var SIDES = (
  /** @type {const} */
  ["x", "y", "width", "height"]
);
var LAYERS = ["wb-dark", "wb-bright"];
function boxOver(box, shape) {
  const sides = Object.fromEntries(SIDES.map((side, i) => [side, box[i] * shape[i % 2]]));
  const layers = LAYERS.map((layer) => svg("rect", { class: layer, ...sides }));
  return svg(
    "svg",
    { class: "wb-over", viewBox: `0 0 ${shape[0]} ${shape[1]}`, "aria-hidden": "true" },
    ...layers
  );
}

// jupyterlab.js
function consume(event) {
  event.preventDefault();
  event.stopPropagation();
}

// lazy.js
var NEAR = 400;
var PAGES_KEPT = 12;
function lazyGrid({ grid, scroller, load, draw, page = 48, grown = () => {
} }) {
  const end = h("div", { class: "wb-end" });
  let loaded = 0;
  let total = 0;
  let run = 0;
  let loading = false;
  let waiting = null;
  const near = () => end.getBoundingClientRect().top < scroller.getBoundingClientRect().bottom + NEAR && grid.offsetParent;
  const isEdited = () => grid.querySelector("input.wb-rename") !== null;
  function makeReachable() {
    if (grid.querySelector('[data-key][tabindex="0"]')) return;
    grid.querySelector("[data-key]")?.setAttribute("tabindex", "0");
  }
  async function more() {
    if (loading || loaded >= total) return;
    loading = true;
    const mine = run;
    const got = await load(loaded, page);
    if (mine !== run) return;
    loading = false;
    const items = got.items ?? [];
    grid.append(...items.map(draw));
    loaded += items.length;
    total = items.length ? got.total : loaded;
    makeReachable();
    grown();
    if (near()) more();
  }
  async function restart(fromTop = false) {
    const again = () => restart(fromTop);
    if (isEdited()) {
      waiting = again;
      return;
    }
    const mine = ++run;
    loading = true;
    const got = await load(0, fromTop ? page : clamp(loaded, page, PAGES_KEPT * page));
    if (mine !== run || !got.items) return;
    loading = false;
    if (isEdited()) {
      waiting = again;
      return;
    }
    const active = activeIn(grid);
    const key = active?.dataset.key;
    const place = active ? [...grid.children].indexOf(active) : -1;
    grid.replaceChildren(...got.items.map(draw));
    loaded = got.items.length;
    total = got.total;
    if (fromTop) scroller.scrollTop = 0;
    const nodes = nodesOf(grid);
    if (active)
      reach(grid, nodes.find((node) => node.dataset.key === key) ?? nodes[Math.min(place, nodes.length - 1)]);
    makeReachable();
    grown();
    if (loaded < total && near()) more();
  }
  function edited() {
    const again = waiting;
    waiting = null;
    again?.();
  }
  const observer = new IntersectionObserver((entries) => entries[0].isIntersecting && more(), {
    root: scroller,
    rootMargin: `${NEAR}px`
  });
  observer.observe(end);
  scroller.addEventListener("scroll", () => near() && more(), { passive: true });
  grid.after(end);
  return { restart, edited };
}
var nodesOf = (grid) => (
  /** @type {HTMLElement[]} */
  [...grid.children]
);
function activeIn(grid) {
  const active = document.activeElement;
  return active && grid.contains(active) ? active.closest("[data-key]") : null;
}
function reach(grid, node) {
  for (const other of grid.querySelectorAll('[data-key][tabindex="0"]')) other.setAttribute("tabindex", "-1");
  node?.setAttribute("tabindex", "0");
  focusOn(node);
}
function stepTo(key, at, count, columns) {
  const steps = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -count,
    End: count
  };
  return key in steps ? clamp(at + steps[key], 0, count - 1) : null;
}
function walk(event, grid) {
  const here = (
    /** @type {HTMLElement} */
    event.target.closest("[data-key]")
  );
  if (!(here instanceof HTMLElement) || event.target !== here) return false;
  const nodes = nodesOf(grid);
  const top = nodes[0].offsetTop;
  const across = nodes.findIndex((node) => node.offsetTop !== top);
  const to = stepTo(event.key, nodes.indexOf(here), nodes.length, across < 1 ? nodes.length : across);
  if (to === null) return false;
  reach(grid, nodes[to]);
  return true;
}

// widgets.js
var widgetOf = (model, id) => model.widget_manager?.get_model?.(id);
async function stayInTouch(model) {
  for (const id of model.get("reached") ?? []) {
    const widget = await widgetOf(model, id);
    let gate = widget;
    while (gate && !Object.hasOwn(gate, "_handle_comm_msg")) gate = Object.getPrototypeOf(gate);
    const hear = gate && Object.getPrototypeOf(gate)._handle_comm_msg;
    if (hear && widget.comm?.on_msg) widget.comm.on_msg(hear.bind(widget));
  }
  model.send({ ask: "state" });
}

// panel.js
function asker(model) {
  const waiting = /* @__PURE__ */ new Map();
  const prefix = Math.random().toString(36).slice(2);
  let last = 0;
  stayInTouch(model).catch((error) => console.warn("workbench:", error));
  model.on("msg:custom", (message, buffers) => {
    const done = waiting.get(message.id);
    if (!done) return;
    waiting.delete(message.id);
    done([message, buffers]);
  });
  return (name, data = {}, buffers = []) => new Promise((done) => {
    const id = `${prefix}-${++last}`;
    waiting.set(id, done);
    model.send({ ask: name, id, ...data }, void 0, buffers);
  });
}
var setter = (model) => (name, value) => {
  model.set(name, value);
  model.save_changes();
};
function status(model, doing = "busy", wrong = "error") {
  const busy = h("div", { class: "wb-busy", role: "status" });
  const error = h("div", { class: "wb-error", role: "alert" });
  const draw = () => {
    setText(busy, model.get(doing));
    setText(error, model.get(wrong));
    busy.hidden = !busy.textContent;
    error.hidden = !error.textContent;
  };
  model.on(`change:${doing} change:${wrong}`, draw);
  draw();
  return h("div", { class: "wb-status" }, busy, error);
}

// gallery.js
var PAGE = 60;
var TABS = { hits: "Hits", selection: "Selection", all: "All" };
function eventOf(item, on) {
  if (item.frames < 2) return h("span", { class: "wb-moment" }, item.event);
  return h(
    "button",
    {
      class: "wb-moment",
      tabindex: "-1",
      title: item.unfolded ? "Only its best frame again (E)" : "All its frames (E)",
      "aria-expanded": String(item.unfolded),
      onclick: (event) => {
        event.stopPropagation();
        on.unfold(item.row, !item.unfolded);
      }
    },
    `${item.unfolded ? "▾" : "▸"} ${item.event}`
  );
}
function tile(item, on) {
  const name = fileName(item.name);
  const figures = [item.score?.toFixed(2), item.probability == null ? null : percent(item.probability)];
  const score = item.score == null ? "" : figures.filter((figure) => figure != null).join(" · ");
  const picture = h("img", { alt: item.name, loading: "lazy", draggable: "false" });
  showPicture(picture, item.thumbnail);
  const said = [name, item.event, score && `score ${score}`].filter(Boolean).join(", ");
  const like = h(
    "button",
    {
      class: "wb-like",
      tabindex: "-1",
      title: "More like this (L); with Shift: add to the query",
      "aria-label": `More like ${name}`,
      onclick: (event) => {
        event.stopPropagation();
        on.like(item.row, event.shiftKey);
      }
    },
    "≈ like this"
  );
  return h(
    "div",
    {
      class: "wb-tile",
      role: "option",
      tabindex: "-1",
      "data-key": item.row,
      "data-row": item.row,
      title: item.name,
      "aria-label": said,
      onclick: () => on.focus(item.row)
    },
    picture,
    item.box ? boxOver(item.box, item.shape) : null,
    item.event ? eventOf(item, on) : null,
    label(name, item.part),
    score ? h("div", { class: "wb-score" }, score) : null,
    like
  );
}
function label(name, part) {
  const end = `, ${part}`;
  if (!part || !name.endsWith(end)) return h("div", { class: "wb-name" }, name);
  return h(
    "div",
    { class: "wb-name wb-part" },
    h("span", { class: "wb-file" }, name.slice(0, -end.length)),
    h("span", {}, part)
  );
}
function render({ model, el }) {
  const ask = asker(model);
  const set = setter(model);
  const on = {
    /** @param {number} row */
    focus: (row) => ask("focus", { row }),
    /** @param {number} row @param {boolean} add */
    like: (row, add) => ask("like", { row, add }),
    /** @param {number} row @param {boolean} on */
    unfold: (row, on2) => ask("unfold", { row, on: on2 })
  };
  const grid = h("div", { class: "wb-grid", role: "listbox", "aria-label": "Thumbnails" });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll" }, empty, grid);
  const tabs = h("div", { class: "wb-group", role: "tablist" });
  const size = h("input", {
    type: "range",
    min: 64,
    max: 256,
    step: 16,
    "aria-label": "Size of the thumbnails",
    title: "Size"
  });
  function drawTabs() {
    const counts = model.get("counts");
    const buttons = Object.entries(TABS).map(
      ([key, text]) => h(
        "button",
        { role: "tab", "aria-selected": String(model.get("show") === key), onclick: () => set("show", key) },
        `${text} ${number(counts[key])}`
      )
    );
    tabs.replaceChildren(...buttons);
    const hints = {
      hits: counts.query ? "No image passes the limit. Lower it, or ask in other words." : "Ask in words above, or click “≈ like this” on a thumbnail.",
      selection: "Draw a lasso on the map. Shift adds, Alt removes, a double click clears.",
      all: "There are no images in this case."
    };
    setText(empty, hints[model.get("show")]);
    empty.hidden = Boolean(counts[model.get("show")]);
  }
  function markFocus() {
    const row = String(model.get("focus"));
    for (const node of nodesOf(grid)) node.setAttribute("aria-selected", String(node.dataset.row === row));
  }
  const list = lazyGrid({
    grid,
    scroller,
    page: PAGE,
    draw: (item) => tile(item, on),
    grown: markFocus,
    load: async (start, count) => {
      const [answer, buffers] = await ask("page", { start, count, version: model.get("version") });
      answer.items?.forEach((item, i) => {
        item.thumbnail = buffers[i];
      });
      return answer;
    }
  });
  function restart() {
    grid.replaceChildren();
    scroller.scrollTop = 0;
    drawTabs();
    list.restart(true);
  }
  grid.addEventListener("keydown", (event) => {
    const here = (
      /** @type {HTMLElement} */
      event.target.closest(".wb-tile")
    );
    if (!(here instanceof HTMLElement)) return;
    const row = Number(here.dataset.row);
    if (walk(event, grid)) return consume(event);
    if (event.key === "Enter" || event.key === " ") on.focus(row);
    else if (event.key.toLowerCase() === "l") on.like(row, event.shiftKey);
    else if (event.key.toLowerCase() === "e")
      here.querySelector("button.wb-moment")?.click();
    else return;
    consume(event);
  });
  const setSize = () => {
    size.value = model.get("size");
    grid.style.setProperty("--wb-size", `${model.get("size")}px`);
  };
  size.addEventListener("input", () => {
    set("size", Number(size.value));
    setSize();
  });
  model.on("change:version", restart);
  model.on("change:counts change:show", drawTabs);
  model.on("change:focus", markFocus);
  model.on("change:size", setSize);
  el.classList.add("wb-panel", "wb-gallery");
  el.append(
    h(
      "div",
      { class: "wb-row" },
      tabs,
      h("span", { class: "wb-space" }),
      h("label", { class: "wb-row wb-quiet" }, "Size", size)
    ),
    status(model),
    scroller
  );
  setSize();
  restart();
}
var gallery_default = { render };
export {
  gallery_default as default
};
