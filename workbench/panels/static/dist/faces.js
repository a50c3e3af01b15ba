// Built by esbuild 0.28.2 from choose.js dom.js face_parts.js faces.js format.js jupyterlab.js lazy.js panel.js people.js review.js strip.js widgets.js sha256:596eba166d4050d191ba77d3b8b6a64b55e1a303e16c85df7fe060c5ae2cab02
// dom.js
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
var button = (text, title, on, pressed, more = {}) => h(
  "button",
  { title, "aria-pressed": pressed == null ? null : String(pressed), onclick: on, ...more },
  text
);
var around = (event, selector) => event.target instanceof Element ? event.target.closest(selector) : null;
var part = (node, selector) => (
  /** @type {HTMLElement} */
  node.querySelector(selector)
);
function focusOn(node) {
  if (node instanceof HTMLElement) node.focus();
}
function pictureUrl(bytes, type = "image/jpeg") {
  return bytes?.byteLength ? URL.createObjectURL(new Blob([
    /** @type {BlobPart} */
    bytes
  ], { type })) : "";
}
function debounced(action, milliseconds) {
  let timer = 0;
  const cancel = () => clearTimeout(timer);
  const later = (...args) => {
    cancel();
    timer = setTimeout(() => action(...args), milliseconds);
  };
  return Object.assign(later, { cancel });
}

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var plural = (value, one = "", many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
var percent = (share) => `${Math.round(share * 100)} %`;
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));

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

// choose.js
function chooser({ ask, crop, choose, open }) {
  const id = `wb-${Math.random().toString(36).slice(2)}`;
  const input = h("input", {
    class: "wb-to",
    placeholder: "Move to … (V)",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": id,
    "aria-label": "Move the ticked faces to",
    spellcheck: "false"
  });
  const list = h("div", { class: "wb-options", role: "listbox", id, hidden: true });
  let at = 0;
  let run = 0;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  function take(option2) {
    if (!option2) return;
    choose(option2.dataset.identity || null, option2.dataset.name ?? "");
    input.value = "";
    close();
    input.blur();
  }
  function mark() {
    nodesOf(list).forEach((node, i) => {
      node.setAttribute("aria-selected", String(i === at));
    });
    input.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }
  const option = (i, attributes, ...children) => h(
    "div",
    {
      role: "option",
      class: "wb-option",
      id: `${id}-${i}`,
      ...attributes,
      onmousedown: (event) => {
        event.preventDefault();
        take(event.currentTarget);
      }
    },
    ...children
  );
  async function find() {
    const mine = ++run;
    const text = input.value.trim();
    const [answer] = await ask("people", { text, count: 8 });
    if (mine !== run || document.activeElement !== input) return;
    const all = answer.items;
    const items = all.filter((item) => item.identity !== open());
    const same = text && all.some((item) => item.name.toLowerCase() === text.toLowerCase());
    const fresh = option(
      99,
      { "data-name": text },
      h("span", { class: "wb-plus-sign" }, "+"),
      text ? `New person “${text}”` : "New person"
    );
    const found = items.map(
      (item, i) => option(
        i,
        { "data-identity": item.identity, "data-name": item.name },
        crop(item.rows[0], ""),
        h("span", { class: "wb-grow" }, item.name || "without a name"),
        h("span", { class: "wb-quiet" }, number(item.faces))
      )
    );
    list.replaceChildren(...same ? found : text ? [...found, fresh] : [fresh, ...found]);
    at = 0;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark();
  }
  input.addEventListener("focus", find);
  input.addEventListener("input", find);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      at = Math.min(Math.max(at + step, 0), list.children.length - 1);
      mark();
    } else if (event.key === "Enter") take(nodesOf(list)[at]);
    else if (event.key === "Escape") {
      input.value = "";
      input.blur();
    } else return;
    event.preventDefault();
  });
  return { node: h("div", { class: "wb-choose" }, input, list), input };
}

// face_parts.js
var NOBODY = "Who is this?";
var IDENTITY = "application/x-workbench-identity";
var FACES = "application/x-workbench-faces";
function drag({ dataTransfer }, type, data) {
  if (!dataTransfer) return;
  dataTransfer.setData(type, data);
  dataTransfer.effectAllowed = "move";
}
var dropped = (event, type) => event.dataTransfer?.getData(type) ?? "";
var KEPT_CROPS = 4e3;
var CROPS_A_MESSAGE = 120;
function cropper(ask) {
  const urls = /* @__PURE__ */ new Map();
  const wanting = /* @__PURE__ */ new Map();
  let timer = 0;
  async function fetchAll() {
    timer = 0;
    const wanted = [...wanting].slice(0, CROPS_A_MESSAGE);
    for (const [row] of wanted) wanting.delete(row);
    if (wanting.size) timer = setTimeout(fetchAll);
    const [, buffers] = await ask("crops", { rows: wanted.map(([row]) => row) });
    wanted.forEach(([row, images], i) => {
      const url = pictureUrl(buffers[i]);
      urls.set(row, url);
      for (const image of images) image.src = url;
    });
    for (const [row, url] of [...urls].slice(0, Math.max(0, urls.size - KEPT_CROPS))) {
      URL.revokeObjectURL(url);
      urls.delete(row);
    }
  }
  return (row, alt) => {
    const image = h("img", { alt, draggable: "false" });
    const url = urls.get(row);
    if (url !== void 0) image.src = url;
    else {
      wanting.set(row, [...wanting.get(row) ?? [], image]);
      if (!timer) timer = setTimeout(fetchAll);
    }
    return image;
  };
}

// jupyterlab.js
var EDITING = /* @__PURE__ */ new Set(["a", "c", "v", "x", "y", "z", "enter"]);
function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !EDITING.has(event.key.toLowerCase());
    if (!command) event.stopPropagation();
  });
}
function consume(event) {
  event.preventDefault();
  event.stopPropagation();
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
function fill(el, name, ...children) {
  el.classList.add("wb-panel", name);
  keepKeys(el);
  el.append(...children.filter((child) => child != null));
}

// people.js
function renamer(place, old, done) {
  const input = h("input", {
    class: "wb-rename",
    value: old,
    "aria-label": "Name",
    placeholder: "Name",
    maxlength: 200,
    spellcheck: "false"
  });
  let over = false;
  const finish = (text, event) => {
    if (over) return;
    over = true;
    input.replaceWith(place);
    done(text === old ? null : text, event);
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      finish(input.value.trim(), event);
    } else if (event.key === "Escape") finish(null, event);
  });
  input.addEventListener("blur", () => finish(input.value.trim()));
  input.addEventListener("click", (event) => event.stopPropagation());
  place.replaceWith(input);
  input.focus();
  input.select();
}
function people({ model, ask, go, crop, move }) {
  const grid = h("div", { class: "wb-people", role: "group", "aria-label": "People" });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll", tabindex: "-1" }, empty, grid);
  const merge = h("button", { class: "wb-main", onclick: () => go("merge", { identities: [] }) });
  const picked = h("span");
  const picks = h(
    "div",
    { class: "wb-picks", role: "status" },
    picked,
    h("span", { class: "wb-space" }),
    merge,
    h("button", { onclick: () => go("unpick") }, "Clear")
  );
  const pick = (card) => go("pick", { identity: card.dataset.key, on: card.getAttribute("data-picked") !== "true" });
  const open = (identity) => go("look", { identity });
  function rename(card) {
    const place = part(card, ".wb-who");
    renamer(place, card.dataset.name ?? "", (text, event) => {
      if (text !== null) {
        go("name", { identity: card.dataset.key, name: text });
        setText(place, text || NOBODY);
      }
      list.edited();
      const step = event?.key !== "Tab" ? 0 : event.shiftKey ? -1 : 1;
      const cards = nodesOf(grid);
      const next = step ? cards[cards.indexOf(card) + step] : void 0;
      if (event) reach(grid, next ?? card);
      if (next) rename(next);
    });
  }
  function draw(item) {
    const named = item.name || NOBODY;
    const size = `${plural(item.faces, "face")} in ${plural(item.images, "image")}`;
    const words = `${item.name || "Person without a name"}, ${size}`;
    const who = h(
      "button",
      {
        class: `wb-who${item.name ? "" : " wb-quiet"}`,
        tabindex: "-1",
        title: "Rename (R)",
        "aria-label": `Rename ${words}`
      },
      named
    );
    const card = h(
      "div",
      {
        class: "wb-person",
        role: "button",
        tabindex: "-1",
        draggable: "true",
        "data-key": item.identity,
        "data-name": item.name,
        "aria-label": words,
        title: words,
        onclick: () => open(item.identity)
      },
      h(
        "div",
        { class: "wb-cover" },
        crop(item.rows[0], `Face of ${item.name || "this person"}`),
        h("span", { class: "wb-count" }, number(item.faces))
      ),
      h("div", { class: "wb-others" }, ...item.rows.slice(1).map((row) => crop(row, ""))),
      h("div", { class: "wb-whose" }, h("i", { style: `background:${item.colour}` }), who),
      h("span", { class: "wb-lit", title: "Faces in the selected images" }),
      h("button", {
        class: "wb-check",
        tabindex: "-1",
        title: "Pick for a merge (Space)",
        "aria-label": `Pick ${words}`,
        onclick: (event) => {
          event.stopPropagation();
          pick(card);
        }
      })
    );
    who.addEventListener("click", (event) => {
      event.stopPropagation();
      rename(card);
    });
    dragging(card);
    mark(card);
    return card;
  }
  function dragging(card) {
    const key = card.dataset.key ?? "";
    card.addEventListener("dragstart", (event) => {
      drag(event, IDENTITY, key);
    });
    card.addEventListener("dragover", (event) => {
      if (![IDENTITY, FACES].some((type) => event.dataTransfer?.types.includes(type))) return;
      event.preventDefault();
      card.classList.add("wb-over");
    });
    card.addEventListener("dragleave", (event) => {
      if (!card.contains(
        /** @type {Node | null} */
        event.relatedTarget
      )) card.classList.remove("wb-over");
    });
    card.addEventListener("drop", (event) => {
      consume(event);
      card.classList.remove("wb-over");
      const other = dropped(event, IDENTITY);
      const faces = dropped(event, FACES);
      if (other && other !== key) go("merge", { identities: [key, other] });
      else if (faces) move(key, JSON.parse(faces));
    });
  }
  function mark(card) {
    const key = card.dataset.key ?? "";
    const isOpen = key === model.get("opened");
    const lit = isOpen ? 0 : model.get("lit")[key] ?? 0;
    const picked2 = model.get("picked").includes(card.dataset.key);
    card.setAttribute(
      "aria-current",
      String(card.dataset.key === model.get("opened") && ["identity", "split"].includes(model.get("pane")))
    );
    card.dataset.picked = picked2;
    part(card, ".wb-check").setAttribute("aria-pressed", String(picked2));
    card.classList.toggle("wb-is-lit", lit > 0);
    setText(part(card, ".wb-lit"), lit > 0 ? number(lit) : "");
  }
  function drawMarks() {
    for (const card of nodesOf(grid)) mark(card);
    const count = model.get("picked").length;
    picks.hidden = !count;
    setText(picked, count > 1 ? `${count} picked` : "1 picked: pick another to merge");
    setText(merge, `Merge ${count} (M)`);
    merge.hidden = count < 2;
  }
  grid.addEventListener("keydown", (event) => {
    const card = around(event, ".wb-person");
    if (walk(event, grid)) {
    } else if (!card || event.target !== card) return;
    else if (event.key === "Enter") open(card.dataset.key);
    else if (event.key === " ") pick(card);
    else if (event.key.toLowerCase() === "r" || event.key === "F2") rename(card);
    else if (event.key.toLowerCase() === "m" && model.get("picked").length > 1)
      go("merge", { identities: [] });
    else return;
    consume(event);
  });
  const list = lazyGrid({
    grid,
    scroller,
    draw,
    page: 24,
    load: async (start, count) => {
      const [answer] = await ask("cards", { start, count });
      const counts = model.get("counts");
      empty.hidden = answer.total !== 0;
      setText(
        empty,
        !counts.faces ? "No faces yet. Run case.ingest_faces(), then desk.update()." : !counts.people ? "Everybody here was seen only once. Open “Alone”, tick the faces of one person and move them together." : "Nobody has this name."
      );
      return answer;
    }
  });
  model.on("change:picked change:lit change:opened change:pane", drawMarks);
  model.on(
    "change:opened",
    () => grid.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" })
  );
  drawMarks();
  return { node: h("div", { class: "wb-left" }, scroller, picks), restart: list.restart };
}

// review.js
function review({ ask, go, crop, look, leave }) {
  const grid = h("div", { class: "wb-doubts", role: "group", "aria-label": "Doubts" });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll", tabindex: "-1" }, empty, grid);
  function settle(node, same) {
    const [row, other_row] = (node.dataset.key ?? "").split(" ").map(Number);
    reach(grid, node.nextElementSibling ?? node.previousElementSibling);
    node.remove();
    go("settle", { row, other_row, same });
  }
  const side = (face) => h(
    "figure",
    {},
    crop(face.row, face.caption),
    h(
      "figcaption",
      {},
      face.identity ? h(
        "button",
        { class: "wb-link", tabindex: "-1", title: "Open", onclick: () => look(face.identity) },
        face.name || NOBODY
      ) : "in no identity"
    )
  );
  function draw(item) {
    const names = item.faces.map((face) => face.name || "a person without a name").join(" and ");
    const node = h(
      "div",
      {
        class: "wb-doubt",
        role: "group",
        tabindex: "-1",
        "data-key": item.faces.map((face) => face.row).join(" "),
        "aria-label": `${names}: ${item.why}. Y for the same person, N for not`
      },
      ...item.faces.map(side),
      h(
        "div",
        { class: "wb-why" },
        h("span", { title: `cosine ${item.similarity.toFixed(2)}` }, item.why),
        h(
          "div",
          { class: "wb-row" },
          h(
            "button",
            { class: "wb-yes", tabindex: "-1", onclick: () => settle(node, true) },
            "Same person (Y)"
          ),
          h(
            "button",
            { class: "wb-no", tabindex: "-1", onclick: () => settle(node, false) },
            "Not the same (N)"
          )
        )
      )
    );
    return node;
  }
  grid.addEventListener("keydown", (event) => {
    const node = around(event, ".wb-doubt");
    if (!node) return;
    if (event.key.toLowerCase() === "y") settle(node, true);
    else if (event.key.toLowerCase() === "n") settle(node, false);
    else if (event.key === "Escape") leave();
    else if (!walk(event, grid)) return;
    consume(event);
  });
  const list = lazyGrid({
    grid,
    scroller,
    draw,
    page: 20,
    load: async (start, count) => {
      const [answer] = await ask("doubts", { start, count });
      empty.hidden = answer.total !== 0;
      setText(empty, "Nothing to check: no person's faces differ much, and no two people look alike.");
      return answer;
    }
  });
  return { node: scroller, restart: list.restart };
}
function history({ ask }) {
  const table = h("table", { class: "wb-history" });
  const node = h("div", { class: "wb-scroll", tabindex: "0", "aria-label": "History" }, table);
  const line = (cell, texts, stands = true) => h(
    "tr",
    { class: stands ? null : "wb-undone", title: stands ? null : "Undone" },
    ...texts.map((text) => h(cell, {}, text))
  );
  async function restart() {
    const [answer] = await ask("history");
    table.replaceChildren(
      ...answer.events?.length ? [
        line("th", answer.columns),
        ...answer.events.map(
          (event, i) => line("td", event, answer.stands[i])
        )
      ] : [line("td", ["No decisions yet."])]
    );
  }
  return { node, restart };
}

// strip.js
function faceTile(item, crop, extra = {}) {
  return h(
    "div",
    {
      class: "wb-face",
      role: "option",
      tabindex: "-1",
      "data-key": item.row,
      title: item.name,
      "aria-label": item.name,
      draggable: "true",
      ...extra
    },
    crop(item.row, item.name)
  );
}
function strip({ model, ask, go, crop, leave }) {
  const grid = h("div", {
    class: "wb-faces",
    role: "listbox",
    "aria-multiselectable": "true",
    "aria-label": "Faces"
  });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll", tabindex: "-1" }, empty, grid);
  let last = null;
  const ticked = (tile) => tile.getAttribute("aria-selected") === "true";
  const rows = (tiles) => tiles.map((tile) => Number(tile.dataset.key));
  function tick(tiles, on) {
    for (const tile of tiles) tile.setAttribute("aria-selected", String(on));
    go("tick", { rows: rows(tiles), on });
  }
  function click(event, tile) {
    const tiles = nodesOf(grid);
    if (event.shiftKey && last?.parentNode === grid) {
      const [a, b] = [tiles.indexOf(last), tiles.indexOf(tile)].sort((x, y) => x - y);
      tick(tiles.slice(a, b + 1), true);
    } else if (around(event, ".wb-check") || event.ctrlKey || event.metaKey || model.get("counts").ticked)
      tick([tile], !ticked(tile));
    else go("focus_on", { row: Number(tile.dataset.key) });
    last = tile;
    reach(grid, tile);
  }
  function draw(item) {
    const tile = faceTile(item, crop, {
      "aria-selected": String(item.ticked),
      onclick: (event) => click(event, tile)
    });
    tile.append(h("span", { class: "wb-check", title: "Tick (Space)" }));
    tile.classList.toggle("wb-looked", item.row === model.get("focus"));
    tile.addEventListener("dragstart", (event) => {
      const moved = ticked(tile) ? nodesOf(grid).filter(ticked) : [tile];
      drag(event, FACES, JSON.stringify(rows(moved)));
    });
    return tile;
  }
  grid.addEventListener("keydown", (event) => {
    const tile = around(event, ".wb-face");
    if (!tile) return;
    if (walk(event, grid)) {
      const now = activeIn(grid);
      if (event.shiftKey && now) tick([tile, now], true);
    } else if (event.key === " ") {
      tick([tile], !ticked(tile));
      last = tile;
    } else if (event.key === "Enter") go("focus_on", { row: Number(tile.dataset.key) });
    else if (event.key === "Escape" && model.get("counts").ticked) go("tick_all", { on: false });
    else if (event.key === "Escape") leave();
    else return;
    consume(event);
  });
  const hints = {
    alone: "Every face belongs to a person or is set aside.",
    aside: "Nothing is set aside. Tick faces and press “Not a face” or “Unknown”.",
    selected: "Draw a lasso on the map of faces below."
  };
  const list = lazyGrid({
    grid,
    scroller,
    draw,
    page: 60,
    load: async (start, count) => {
      const [answer] = await ask("tiles", { start, count });
      empty.hidden = answer.total !== 0;
      setText(empty, hints[model.get("pane")] ?? "");
      return answer;
    }
  });
  model.on("change:focus", () => {
    for (const tile of nodesOf(grid))
      tile.classList.toggle("wb-looked", Number(tile.dataset.key) === model.get("focus"));
  });
  return { node: scroller, restart: list.restart };
}
function halves({ model, ask, go, crop, leave }) {
  const split = h("button", { class: "wb-main", onclick: () => go("split") }, "Split (Enter)");
  const sides = [false, true].map((leaves) => {
    const title = h("b", {});
    const grid = h("div", {
      class: "wb-faces",
      role: "listbox",
      "aria-label": leaves ? "Faces of somebody else" : "Faces that stay"
    });
    const scroller = h("div", { class: "wb-scroll", tabindex: "-1" }, grid);
    const node2 = h("div", { class: "wb-half" }, title, scroller);
    node2.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes(FACES)) event.preventDefault();
    });
    node2.addEventListener("drop", (event) => {
      event.preventDefault();
      const [row] = JSON.parse(dropped(event, FACES) || "[]");
      flip(sides[Number(!leaves)].grid.querySelector(`[data-key="${row}"]`));
    });
    return { leaves, title, grid, scroller, node: node2, total: 0 };
  });
  function titles() {
    const name = model.get("person").name || "this person";
    setText(sides[0].title, `Stays ${name} · ${sides[0].total}`);
    setText(sides[1].title, `Somebody else · ${sides[1].total}`);
    split.disabled = !sides[0].total || !sides[1].total;
  }
  async function flip(tile) {
    const from = sides.find((side) => side.grid.contains(tile));
    if (!tile || !from) return;
    const to = sides[Number(!from.leaves)];
    const next = tile.nextElementSibling ?? tile.previousElementSibling;
    to.grid.prepend(tile);
    if (next) reach(from.grid, next);
    else reach(to.grid, tile);
    const [answer] = await ask("flip", { rows: [Number(tile.dataset.key)] });
    [sides[0].total, sides[1].total] = [answer.stays, answer.leaves];
    titles();
  }
  const lists = sides.map(
    (side) => lazyGrid({
      grid: side.grid,
      scroller: side.scroller,
      page: 60,
      draw: (item) => {
        const tile = faceTile(item, crop, { onclick: () => flip(tile) });
        tile.addEventListener("dragstart", (event) => drag(event, FACES, JSON.stringify([item.row])));
        return tile;
      },
      load: async (start, count) => {
        const [answer] = await ask("half", { leaves: side.leaves, start, count });
        side.total = answer.total;
        titles();
        return answer;
      }
    })
  );
  for (const side of sides) {
    side.grid.addEventListener("keydown", (event) => {
      const edge = event.key === "ArrowRight" && !side.leaves || event.key === "ArrowLeft" && side.leaves;
      if (event.key === " ") flip(around(event, ".wb-face"));
      else if (event.key === "Enter") split.click();
      else if (event.key === "Escape") leave();
      else if (edge && event.ctrlKey)
        reach(sides[Number(!side.leaves)].grid, sides[Number(!side.leaves)].grid.firstElementChild);
      else if (!walk(event, side.grid)) return;
      consume(event);
    });
  }
  const node = h(
    "div",
    { class: "wb-halves" },
    h(
      "div",
      { class: "wb-row" },
      h(
        "span",
        { class: "wb-grow" },
        "Are these two people? Click a face (or press Space) to move it to the other side."
      ),
      split,
      h("button", { onclick: leave }, "Cancel")
    ),
    h("div", { class: "wb-sides" }, ...sides.map((side) => side.node))
  );
  return {
    node,
    restart: async () => {
      await Promise.all(lists.map((list) => list.restart(true)));
      focusOn(sides[1].grid.querySelector("[data-key]"));
    }
  };
}
function suggestions({ model, ask, go, crop }) {
  const grid = h("div", { class: "wb-suggested", role: "group", "aria-label": "Suggestions" });
  const title = h("b", {});
  const node = h("div", { class: "wb-suggestions" }, title, grid);
  async function answer(tile, yes) {
    const next = tile.nextElementSibling ?? tile.previousElementSibling;
    const row = Number(tile.dataset.key);
    tile.remove();
    reach(grid, next);
    node.hidden = !grid.children.length;
    await go("answer", { row, identity: model.get("opened"), yes });
  }
  function draw(item) {
    const sure = percent(item.confidence);
    const tile = h(
      "div",
      {
        class: "wb-suggestion",
        "data-key": item.row,
        tabindex: "-1",
        role: "group",
        title: item.name,
        "aria-label": `${item.name}, ${sure} sure. Y for yes, N for no`
      },
      crop(item.row, item.name),
      h("span", { class: "wb-quiet" }, sure),
      h(
        "div",
        { class: "wb-group" },
        h(
          "button",
          {
            tabindex: "-1",
            title: "Yes (Y)",
            "aria-label": "Yes",
            class: "wb-yes",
            onclick: () => answer(tile, true)
          },
          "✓"
        ),
        h(
          "button",
          {
            tabindex: "-1",
            title: "No (N)",
            "aria-label": "No",
            class: "wb-no",
            onclick: () => answer(tile, false)
          },
          "✗"
        )
      )
    );
    return tile;
  }
  grid.addEventListener("keydown", (event) => {
    const tile = around(event, ".wb-suggestion");
    if (!tile) return;
    if (event.key.toLowerCase() === "y") answer(tile, true);
    else if (event.key.toLowerCase() === "n") answer(tile, false);
    else if (event.key === "Enter") go("focus_on", { row: Number(tile.dataset.key) });
    else if (!walk(event, grid)) return;
    consume(event);
  });
  async function restart() {
    const identity = model.get("opened");
    if (model.get("pane") !== "identity") {
      node.hidden = true;
      return;
    }
    const [got] = await ask("suggest", { identity, count: 12 });
    if (got.identity !== model.get("opened")) return;
    const active = activeIn(grid)?.dataset.key;
    node.hidden = !got.items.length;
    setText(title, `Also ${model.get("person").name || "this person"}?`);
    grid.replaceChildren(...got.items.map(draw));
    const first = grid.querySelector(`[data-key="${active}"]`) ?? grid.firstElementChild;
    if (active) reach(grid, first);
    else first?.setAttribute("tabindex", "0");
  }
  return { node, restart };
}

// faces.js
var TYPING_MILLISECONDS = 150;
function toolbar(model, go) {
  const set = setter(model);
  const counts = () => model.get("counts");
  const tabs = h("div", {
    class: "wb-group",
    role: "tablist",
    "aria-label": "What is shown beside the people"
  });
  const find = h("input", {
    type: "search",
    class: "wb-find",
    placeholder: "Find a name",
    "aria-label": "Find a name"
  });
  const which = h(
    "select",
    { "aria-label": "Which people", onchange: () => set("which", which.value) },
    h("option", { value: "all" }, "All"),
    h("option", { value: "named" }, "Named"),
    h("option", { value: "unnamed" }, "Not named")
  );
  const undo = h("button", { onclick: () => go("undo"), title: "Undo (Ctrl+Z)" }, "↶ Undo");
  const redo = h(
    "button",
    { onclick: () => go("redo"), title: "Redo (Ctrl+Shift+Z)", "aria-label": "Redo" },
    "↷"
  );
  const note = h("div", { class: "wb-note", role: "status" });
  find.addEventListener(
    "input",
    debounced(() => set("find", find.value), TYPING_MILLISECONDS)
  );
  const panes = {
    "": ["People", "people", "Only the cards"],
    alone: ["Alone", "alone", "Faces that resemble no other face"],
    review: ["Review", "", "Faces to check again"],
    aside: ["Set aside", "aside", "Marked as no face, or as unknown"],
    selected: ["Selected", "selected", "Faces selected by the lasso"]
  };
  const tabOf = Object.fromEntries(
    Object.entries(panes).map(([key, [, , title]]) => [
      key,
      h("button", { role: "tab", "data-pane": key, title, onclick: () => go("show", { pane: key }) })
    ])
  );
  tabs.append(...Object.values(tabOf));
  function drawBar() {
    const c = counts();
    const pane = model.get("pane");
    for (const [key, [text, count]] of Object.entries(panes)) {
      setText(tabOf[key], count ? `${text} ${number(c[count])}` : text);
      tabOf[key].setAttribute(
        "aria-selected",
        String(pane === key || key === "" && (pane === "identity" || pane === "split"))
      );
    }
    tabOf.selected.hidden = !c.selected;
    undo.disabled = !c.undo;
    redo.disabled = !c.redo;
  }
  function drawNote() {
    const {
      text = counts().people ? "Click a card to open it, or its name to rename it; drop one card on another to merge them." : "",
      merge = []
    } = model.get("note");
    note.replaceChildren(
      visible(text),
      merge.length ? h(
        "button",
        { onclick: () => go("merge", { identities: merge }) },
        `Merge with the other${merge.length > 2 ? "s" : ""} of that name`
      ) : ""
    );
  }
  const node = h(
    "div",
    { class: "wb-row" },
    tabs,
    h("span", { class: "wb-space" }),
    find,
    which,
    h(
      "div",
      { class: "wb-group" },
      undo,
      redo,
      h(
        "button",
        {
          title: "History of decisions",
          "aria-label": "History",
          onclick: () => go("show", { pane: "history" })
        },
        "≡"
      )
    )
  );
  return { node, note, draw: drawBar, drawNote };
}
function render({ model, el }) {
  const ask = asker(model);
  const go = (verb, data = {}) => ask("do", { verb, ...data });
  const crop = cropper(ask);
  const set = setter(model);
  const counts = () => model.get("counts");
  const leave = async () => {
    await go("show", { pane: model.get("pane") === "split" ? "identity" : "" });
    focusOn(el.querySelector('.wb-person[tabindex="0"]'));
  };
  const move = (identity, rows, name) => go("move", { identity, rows, name });
  const bar = toolbar(model, go);
  const tools = h("div", { class: "wb-row wb-tools" });
  const head = h("div", { class: "wb-row wb-head" });
  const cards = people({ model, ask, go, crop, move });
  const choose = chooser({
    ask,
    crop,
    open: () => model.get("opened"),
    choose: (identity, name) => move(identity, null, identity ? "" : name)
  });
  const parts = {
    strip: strip({ model, ask, go, crop, leave }),
    split: halves({ model, ask, go, crop, leave }),
    review: review({
      ask,
      go,
      crop,
      leave,
      look: (identity) => go("look", { identity })
    }),
    history: history({ ask })
  };
  const more = suggestions({ model, ask, go, crop });
  const right = h(
    "div",
    { class: "wb-right", role: "region", "aria-label": "Faces" },
    head,
    tools,
    ...Object.values(parts).map((part3) => part3.node),
    more.node
  );
  const title = () => head.querySelector(".wb-title");
  const part2 = () => parts[model.get("pane")] ?? parts.strip;
  const act = (text, title2, on) => button(text, title2, on);
  const tickAll = () => go("tick_all", { on: counts().ticked < counts().shown });
  const turn = () => set("odd_first", !model.get("odd_first"));
  const buttons = {
    all: act("", "Tick all faces, or none (A)", tickAll),
    noface: act(
      "Not a face",
      "Set aside: this shows no face (X)",
      () => go("set_aside", { state: "not a face" })
    ),
    unknown: act(
      "Unknown",
      "Set aside: it is unknown who this is (U)",
      () => go("set_aside", { state: "unknown" })
    ),
    release: act("Put back", "Take back the decision about these faces (B)", () => go("release")),
    split: act("Split …", "Are these two people? Check a proposed split (S)", () => go("propose_split")),
    odd: act("Odd first", "The least typical faces first (O)", turn)
  };
  const uses = {
    identity: ["all", "noface", "unknown", "split", "odd"],
    alone: ["all", "noface", "unknown"],
    aside: ["all", "release"],
    selected: ["all", "noface", "unknown"]
  };
  const some = h("span", { class: "wb-quiet" });
  tools.append(
    buttons.all,
    choose.node,
    buttons.noface,
    buttons.unknown,
    buttons.release,
    buttons.split,
    buttons.odd,
    some
  );
  function drawHead() {
    const pane = model.get("pane");
    const person = model.get("person");
    const c = counts();
    const title2 = h("button", { class: "wb-title", title: "Rename (R)" }, person.name || NOBODY);
    title2.addEventListener(
      "click",
      () => renamer(
        title2,
        person.name ?? "",
        (text) => text !== null && go("name", { identity: person.identity, name: text })
      )
    );
    const texts = {
      alone: "Faces that resemble no other face",
      aside: "Set aside: no face, or unknown",
      selected: "Selected faces",
      review: "Faces to check again",
      history: "Decisions"
    };
    const facts = pane === "identity" || pane === "split" ? `${plural(person.faces, "face")} in ${plural(person.images, "image")}` : pane in { alone: 1, aside: 1, selected: 1 } ? plural(c.shown, "face") : "";
    if (!head.querySelector("input.wb-rename"))
      head.replaceChildren(
        ...person.identity && (pane === "identity" || pane === "split") ? [h("i", { style: `background:${person.colour}` }), title2] : [h("b", {}, texts[pane] ?? "")],
        h("span", { class: "wb-quiet" }, facts),
        h("span", { class: "wb-space" }),
        h(
          "button",
          { class: "wb-close", title: "Close (Escape)", "aria-label": "Close", onclick: leave },
          "×"
        )
      );
    tools.hidden = !uses[pane];
    if (!tools.hidden) drawTools(pane, c);
  }
  function drawTools(pane, c) {
    const all = c.ticked < c.shown;
    setText(buttons.all, all ? "Tick all" : "Tick none");
    for (const [name, button2] of Object.entries(buttons)) {
      button2.hidden = !uses[pane].includes(name);
      button2.disabled = ["noface", "unknown", "release"].includes(name) && !c.ticked;
    }
    buttons.odd.setAttribute("aria-pressed", String(model.get("odd_first")));
    choose.node.hidden = pane === "aside";
    choose.input.disabled = !c.ticked;
    setText(some, c.ticked ? `${number(c.ticked)} ticked` : "");
  }
  let drawn = "";
  function drawPane() {
    const pane = model.get("pane");
    const now = `${pane} ${model.get("opened")}`;
    el.classList.toggle("wb-with-pane", pane !== "");
    right.hidden = pane === "";
    for (const [name, it] of Object.entries(parts))
      it.node.hidden = it !== part2() || name === "strip" && pane === "";
    drawHead();
    if (pane) part2().restart(now !== drawn);
    more.restart();
    drawn = now;
  }
  const keys = { a: "all", x: "noface", u: "unknown", b: "release", s: "split", o: "odd" };
  const press = (key) => {
    if (key === "v") choose.input.focus();
    else if (key === "r") title()?.click();
    else buttons[keys[key]]?.click();
  };
  const takes = (key) => key === "r" ? Boolean(head.querySelector(".wb-title")) : !tools.hidden && (key === "v" ? !choose.input.disabled : uses[model.get("pane")].includes(keys[key]));
  el.addEventListener("keydown", (event) => {
    if (around(event, "input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y"))
      go(key === "y" || event.shiftKey ? "redo" : "undo");
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Escape" && model.get("pane")) leave();
    else if (right.contains(
      /** @type {Node} */
      event.target
    ) && takes(key)) press(key);
    else return;
    consume(event);
  });
  model.on("change:version", () => {
    cards.restart();
    drawPane();
    bar.draw();
  });
  model.on("change:counts change:pane", () => {
    bar.draw();
    drawHead();
  });
  model.on("change:person", drawHead);
  model.on("change:note", bar.drawNote);
  model.on("change:find change:which", () => cards.restart(true));
  fill(
    el,
    "wb-facespanel",
    bar.node,
    h("div", { class: "wb-row wb-line" }, status(model), bar.note),
    h("div", { class: "wb-two" }, cards.node, right)
  );
  bar.draw();
  bar.drawNote();
  cards.restart(true);
  drawPane();
}
var faces_default = { render };
export {
  faces_default as default
};
