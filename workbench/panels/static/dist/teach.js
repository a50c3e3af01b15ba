// Built by esbuild 0.28.2 from dom.js folding.js format.js jupyterlab.js lazy.js panel.js teach.js widgets.js working.js sha256:aa2f523c075586426c4f27668dfb98cf78a911dc5ae95e048149b800bde275d1
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
var options = (choices) => choices.map(([value, text]) => h("option", { value }, text));
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
function showPicture(image, bytes) {
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  image.src = pictureUrl(bytes);
}
function showPictures(images, buffers) {
  images.forEach((image, i) => {
    showPicture(image, buffers[i]);
  });
}

// folding.js
function foldDetails(model, toggled, summary, ...children) {
  const node = h(
    "details",
    { open: model.get("unfolded"), ontoggle: () => toggled(node.open) },
    h("summary", {}, ...summary),
    ...children
  );
  model.on("change:unfolded", () => {
    node.open = model.get("unfolded");
  });
  return node;
}

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var plural = (value, one = "", many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
var percent = (share) => `${Math.round(share * 100)} %`;
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));

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

// lazy.js
var nodesOf = (grid) => (
  /** @type {HTMLElement[]} */
  [...grid.children]
);
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

// working.js
function working(model, ask) {
  const text = h("span");
  const bar = h("progress", { max: "1", "aria-label": "Progress" });
  const busy = h(
    "div",
    { class: "wb-working", role: "status" },
    h("span", { class: "wb-busy" }),
    text,
    bar,
    h("button", { onclick: () => ask("cancel") }, "Cancel")
  );
  const trouble = h("div", { class: "wb-error", role: "alert" });
  const draw = () => {
    const share = model.get("share");
    busy.hidden = !model.get("working");
    setText(text, `${model.get("working")}${share >= 0 ? ` · ${percent(share)}` : ""}`);
    if (share >= 0) bar.value = share;
    else bar.removeAttribute("value");
    setText(trouble, model.get("trouble"));
    trouble.hidden = !trouble.textContent;
  };
  model.on("change:working change:share change:trouble", draw);
  draw();
  return h("div", { class: "wb-status" }, busy, trouble);
}

// teach.js
var WHY = { unsure: "not sure", surprising: "surprising", likely: "like the name", other: "any other" };
var KEYS = { y: "yes", n: "no", " ": "skip" };
var FIGURE = "Average precision on examples that were held back, 0 to 1; unlabelled ones count by their probability";
var figure = (value) => value == null ? "–" : value.toFixed(2);
function learningCurve(points, counts) {
  const known = points.filter((point) => point.value != null);
  const [width, height, left, bottom] = [300, 150, 30, 22];
  const [first, last] = [known[0]?.answers ?? 0, known.at(-1)?.answers ?? 1];
  const x = (answers) => first === last ? (left + width) / 2 : left + 8 + (answers - first) / (last - first) * (width - left - 16);
  const y = (value) => (height - bottom) * (1 - (value ?? 0));
  const at = (point, value) => `${x(point.answers).toFixed(1)},${y(value).toFixed(1)}`;
  const band = [
    ...known.map((point) => at(point, point.high)),
    ...known.slice().reverse().map((point) => at(point, point.low))
  ];
  const end = known.at(-1);
  return svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": end ? `Average precision ${figure(end.value)}, ${figure(end.low)} to ${figure(end.high)}` : `${counts.yes} yes and ${counts.no} no`
    },
    ...[0, 0.5, 1].flatMap((value) => [
      svg("line", { x1: left, x2: width, y1: y(value), y2: y(value) }),
      svg("text", { x: left - 5, y: y(value) + 4, "text-anchor": "end" }, value.toFixed(1))
    ]),
    ...end?.chance == null ? [] : [svg("line", { x1: left, x2: width, y1: y(end.chance), y2: y(end.chance), class: "wb-chance" })],
    ...known.length > 1 ? [
      svg("polygon", { points: band.join(" "), class: "wb-band" }),
      svg("polyline", {
        points: known.map((point) => at(point, point.value)).join(" "),
        class: "wb-line"
      })
    ] : known.map(
      (point) => svg("line", {
        x1: x(point.answers),
        x2: x(point.answers),
        y1: y(point.low),
        y2: y(point.high),
        class: "wb-line"
      })
    ),
    ...known.map((point) => svg("circle", { cx: x(point.answers), cy: y(point.value), r: 3 })),
    ...known.length ? [
      svg("text", { x: x(first), y: height - 6, "text-anchor": "middle" }, String(first)),
      ...first === last ? [] : [svg("text", { x: x(last), y: height - 6, "text-anchor": "end" }, `${last} answers`)]
    ] : []
  );
}
function render({ model, el }) {
  const ask = asker(model);
  let shown2 = "";
  let naming = "";
  const name = h("input", {
    class: "wb-name-box",
    placeholder: "What to look for, such as weapon",
    "aria-label": "Name of the classifier",
    maxlength: 120,
    oninput: drawForm
  });
  const over = h("select", { "aria-label": "Kind of samples", title: "What is judged" });
  const begin = h("button", { class: "wb-main" }, "Teach");
  const form = h(
    "form",
    {
      class: "wb-row",
      "aria-label": "A classifier",
      onsubmit: (event) => {
        event.preventDefault();
        if (name.value.trim()) ask("begin", { name: name.value, over: over.value || "image" });
      }
    },
    name,
    over,
    begin
  );
  const list = h("div", { class: "wb-table" });
  const empty = h(
    "p",
    { class: "wb-quiet" },
    "Name something and answer which images show it: a classifier learns from your answers, and all images get a score. Nothing is trained before."
  );
  function drawForm() {
    begin.disabled = !name.value.trim();
  }
  const line = (one) => h(
    "tr",
    { "data-classifier": one.name },
    h(
      "td",
      {},
      naming === one.name ? h("input", {
        class: "wb-name-box wb-rename",
        value: one.name,
        maxlength: 120,
        "aria-label": `New name of ${one.name}`,
        onkeydown: (event) => {
          if (event.key === "Escape") endNaming();
          else if (event.key === "Enter") {
            const to = (
              /** @type {HTMLInputElement} */
              event.currentTarget.value
            );
            endNaming();
            if (to.trim() && to !== one.name) ask("rename", { name: one.name, to });
          } else return;
          consume(event);
        },
        onblur: endNaming
      }) : h(
        "button",
        {
          class: "wb-link",
          title: one.fits ? "Teach it on" : "It was trained on vectors of another model: train it again",
          onclick: () => ask("begin", { name: one.name, over: one.over })
        },
        one.name
      )
    ),
    cell("judges", one.over),
    cell("yes / no", `${number(one.yes)} / ${number(one.no)}`),
    cell("average precision", one.fits ? figure(one.value) : "other model"),
    h(
      "td",
      {},
      h(
        "span",
        { class: "wb-group" },
        act("Colour", `Colour the map by ${one.name}`, one, () => ask("colour", { name: one.name })),
        act(
          "Select",
          `Select the images that ${one.name} says yes to`,
          one,
          () => ask("select", { name: one.name })
        ),
        act("✎", `Rename ${one.name}`, null, () => {
          naming = one.name;
          drawList();
          focusOn(list.querySelector(".wb-rename"));
        }),
        act("✕", `Delete ${one.name} and its answers`, null, () => ask("remove", { name: one.name }))
      )
    )
  );
  const cell = (label, text) => h("td", { "data-label": label }, text);
  const act = (text, title, one, on) => h("button", { title, "aria-label": title, onclick: on, disabled: one !== null && !one.fits }, text);
  function endNaming() {
    if (!naming) return;
    naming = "";
    drawList();
  }
  function drawList() {
    const known = model.get("known");
    const heads = ["classifier", "judges", "yes / no", "average precision", ""];
    list.hidden = !known.length;
    list.replaceChildren(
      h(
        "table",
        {},
        h("tr", {}, ...heads.map((text) => h("th", { title: text === heads[3] ? FIGURE : null }, text))),
        ...known.map(line)
      )
    );
    over.replaceChildren(
      ...options(model.get("kinds").map((kind) => [kind, `over ${kind}`]))
    );
    over.value = model.get("over");
    over.hidden = model.get("kinds").length < 2;
  }
  const question = h("strong");
  const undo = h("button", { title: "Take the last answer back (U)", onclick: () => ask("undo") }, "Undo");
  const train = h(
    "button",
    { title: "Train on the answers so far and ask on", onclick: () => ask("train") },
    "Learn now"
  );
  const stop = h(
    "button",
    { title: "Ask no more; all answers are kept", onclick: () => ask("stop") },
    "Close"
  );
  const right = h(
    "button",
    {
      title: "Take what is selected on the desk as examples of yes",
      onclick: () => ask("examples", { answer: true })
    },
    ""
  );
  const wrong = h(
    "button",
    {
      title: "Take what is selected on the desk as examples of no",
      onclick: () => ask("examples", { answer: false })
    },
    ""
  );
  const grid = h("div", { class: "wb-asked", role: "group", "aria-label": "Images to judge" });
  const learnt = h("div", { class: "wb-learnt" });
  const desk = h(
    "div",
    {},
    h("div", { class: "wb-row" }, question, h("span", { class: "wb-space" }), undo, train, stop),
    h("p", { class: "wb-quiet wb-keys" }, "Y yes · N no · Space skip · U undo · arrows move"),
    h("div", { class: "wb-teach-desk" }, grid, learnt)
  );
  const pending = /* @__PURE__ */ new Map();
  const items = () => model.get("items");
  async function judge(node, answer) {
    const row = Number(node.dataset.key);
    node.dataset.answer = answer;
    pending.set(row, answer);
    reach(grid, nodesOf(grid).find((other) => !other.dataset.answer) ?? node);
    await ask("judge", { row, answer });
    if (pending.get(row) === answer) pending.delete(row);
    drawItems();
  }
  function card(item) {
    const choice = (answer, text, key) => h(
      "button",
      {
        tabindex: "-1",
        title: `${text} (${key})`,
        "data-answer": answer,
        onclick: () => judge(node, answer)
      },
      text
    );
    const node = h(
      "div",
      {
        class: "wb-ask",
        role: "group",
        tabindex: "-1",
        "data-key": item.row,
        "data-answer": item.answer,
        "aria-label": `${item.name}, ${WHY[item.why] ?? item.why}: Y, N or Space`
      },
      h("img", { alt: item.name, title: item.name, onclick: () => ask("focus", { image: item.image }) }),
      h(
        "div",
        { class: "wb-why" },
        h("span", {}, WHY[item.why] ?? item.why),
        h(
          "span",
          { title: "How sure the classifier is of yes" },
          item.probability == null ? "" : item.probability.toFixed(2)
        )
      ),
      h(
        "span",
        { class: "wb-group" },
        choice("yes", "Yes", "Y"),
        choice("no", "No", "N"),
        choice("skip", "Skip", "Space")
      )
    );
    return node;
  }
  grid.addEventListener("keydown", (event) => {
    const node = around(event, ".wb-ask");
    const key = event.key.toLowerCase();
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "u") ask("undo");
    else if (key in KEYS && event.target === node) judge(node, KEYS[key]);
    else if (!walk(event, grid)) return;
    consume(event);
  });
  async function drawItems() {
    const now = items();
    const rows = now.map((item) => item.row);
    if (shown2 !== String(rows)) {
      const held = grid.contains(document.activeElement);
      shown2 = String(rows);
      grid.replaceChildren(...now.map(card));
      const nodes = nodesOf(grid);
      nodes[0]?.setAttribute("tabindex", "0");
      if (held) reach(grid, nodes[0]);
      if (rows.length) {
        const [, buffers] = await ask("pictures", { rows });
        if (shown2 === String(rows)) showPictures([...grid.querySelectorAll("img")], buffers);
      }
    }
    for (const node of nodesOf(grid)) {
      const row = Number(node.dataset.key);
      const answer = pending.get(row) ?? items().find((item) => item.row === row)?.answer ?? "";
      node.dataset.answer = answer;
      for (const choice of node.querySelectorAll("button"))
        choice.setAttribute("aria-pressed", String(choice.dataset.answer === answer));
    }
  }
  function drawLearnt() {
    const counts = model.get("counts");
    const curve = model.get("curve");
    const last = curve.at(-1);
    const advice = h("p", { class: `wb-advice${model.get("enough") ? " wb-enough" : ""}`, role: "status" });
    setText(advice, model.get("advice"));
    learnt.replaceChildren(
      ...last ? [
        h(
          "p",
          { title: FIGURE },
          "Average precision ",
          h("strong", {}, figure(last.value)),
          last.value == null ? "" : ` (${figure(last.low)} to ${figure(last.high)})`
        ),
        learningCurve(curve, counts)
      ] : [],
      advice,
      h(
        "div",
        { class: "wb-row" },
        h(
          "button",
          {
            disabled: !model.get("ready"),
            title: "Colour the map by its scores",
            onclick: () => ask("colour")
          },
          "Colour the map"
        ),
        h(
          "button",
          {
            disabled: !model.get("ready"),
            title: "Select the images it says yes to",
            onclick: () => ask("select")
          },
          "Select its yes"
        )
      ),
      h("div", { class: "wb-row" }, right, wrong)
    );
  }
  function draw() {
    const taught = model.get("name");
    desk.hidden = !taught;
    empty.hidden = taught || model.get("known").length > 0;
    if (!taught) {
      shown2 = "";
      grid.replaceChildren();
      return;
    }
    const { yes = 0, no = 0 } = model.get("counts");
    setText(
      question,
      items().length ? `Which of these: ${taught}?` : `${taught}: nothing is left to ask about`
    );
    setText(
      keys,
      `${plural(yes, "", "")} yes, ${plural(no, "", "")} no · keys: Y yes, N no, Space skip, U undo, arrows`
    );
    undo.disabled = !model.get("undoable");
    train.disabled = yes < 2;
    const count = model.get("selected");
    right.hidden = wrong.hidden = !count;
    setText(right, `Selected ${number(count)}: yes`);
    setText(wrong, `Selected ${number(count)}: no`);
    drawLearnt();
    drawItems();
  }
  const keys = part(desk, ".wb-keys");
  model.on("change:known change:kinds change:over", drawList);
  model.on(
    "change:name change:known change:items change:curve change:counts change:advice change:enough change:undoable change:ready change:selected",
    draw
  );
  fill(
    el,
    "wb-teach",
    foldDetails(
      model,
      (open) => ask("unfold", { unfolded: open }),
      [
        "Teach a classifier",
        h(
          "span",
          { class: "wb-quiet wb-light" },
          "Say of some images whether they show it; the rest is judged by them"
        )
      ],
      h("div", { class: "wb-teach-in" }, form, empty, list, working(model, ask), desk, status(model))
    )
  );
  drawForm();
  drawList();
  draw();
}
var teach_default = { render };
export {
  teach_default as default
};
