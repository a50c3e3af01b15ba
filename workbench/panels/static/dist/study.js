// Built by esbuild 0.28.2 from dom.js format.js jupyterlab.js lazy.js panel.js study.js widgets.js sha256:609207cada6cda1b8632d37023fd7e80fc36d7989f75c2c574222f29aa35e219
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

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var percent = (share) => `${Math.round(share * 100)} %`;

// lazy.js
var nodesOf = (grid) => (
  /** @type {HTMLElement[]} */
  [...grid.children]
);

// jupyterlab.js
var EDITING = /* @__PURE__ */ new Set(["a", "c", "v", "x", "y", "z", "enter"]);
function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !EDITING.has(event.key.toLowerCase());
    if (!command) event.stopPropagation();
  });
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

// study.js
var METRICS = [
  ["cosine", "cosine"],
  ["euclidean", "Euclidean"],
  ["manhattan", "Manhattan"]
];
var choice = (label, choices) => h("select", { "aria-label": label }, ...options(choices));
function histogram(s) {
  const [width, height] = [560, 150];
  const top = Math.max(...s.inner, ...s.inter, 1e-9);
  const step = width / s.inner.length;
  const bars = (shares, kind) => shares.map(
    (share, i) => svg("rect", {
      x: (i * step).toFixed(1),
      y: (height * (1 - share / top)).toFixed(1),
      width: step.toFixed(1),
      height: (height * share / top).toFixed(1),
      class: kind
    })
  );
  const tick = (i) => svg(
    "text",
    {
      x: i / 4 * width,
      y: height + 15,
      "text-anchor": ["start", "middle", "middle", "middle", "end"][i]
    },
    (s.edges[0] + i / 4 * (s.edges[1] - s.edges[0])).toFixed(2)
  );
  return svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height + 20}`,
      role: "img",
      "aria-label": "Likeness of pairs within groups and across groups"
    },
    ...bars(s.inter, "wb-inter"),
    ...bars(s.inner, "wb-inner"),
    svg("line", { x1: 0, x2: width, y1: height, y2: height }),
    ...[0, 1, 2, 3, 4].map(tick)
  );
}
async function pictures(ask, rows, nodes) {
  const [, buffers] = await ask("thumbnails", { rows });
  showPictures(nodes, buffers);
}
var figure = (value) => value == null ? "–" : value.toFixed(2);
function likeness(s) {
  const table = h(
    "table",
    {},
    h("tr", {}, ...["group", "images", "inner", "inter"].map((name) => h("th", {}, name))),
    ...s.groups.map(
      ([name, n, inner, inter]) => h(
        "tr",
        {},
        h("td", { title: name }, name),
        h("td", {}, number(n)),
        h("td", {}, figure(inner)),
        h("td", {}, figure(inter))
      )
    )
  );
  const note = `In ${percent(s.separation)} of comparisons, a pair within a group is more alike than a pair across groups (50 %: the groups mean nothing).`;
  const legend = h(
    "div",
    { class: "wb-row wb-quiet" },
    h("span", { class: "wb-key-inner" }),
    "pairs within a group",
    h("span", { class: "wb-key-inter" }),
    "pairs across groups"
  );
  return [
    h(
      "div",
      { class: "wb-two" },
      h("div", {}, histogram(s), legend, h("p", {}, note)),
      h(
        "div",
        { class: "wb-table" },
        table,
        s.of > s.groups.length ? h("p", { class: "wb-quiet" }, `The ${s.groups.length} largest of ${s.of} groups.`) : null
      )
    )
  ];
}
function captions(s, ask) {
  const all = s.values.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const cell = (value) => h(
    "td",
    {
      style: `--wb-share: ${(high > low ? (value - low) / (high - low) : 0.5).toFixed(3)}`,
      class: "wb-cell"
    },
    value.toFixed(2)
  );
  const heads = s.rows.map(
    (row) => h("img", { alt: `image ${row}`, tabindex: "0", onclick: () => ask("focus", { row }) })
  );
  pictures(ask, s.rows, heads);
  return [
    h(
      "div",
      { class: "wb-table" },
      h(
        "table",
        { class: "wb-matrix" },
        h("tr", {}, h("th", {}), ...heads.map((head) => h("th", {}, head))),
        ...s.captions.map(
          (text, p) => h("tr", {}, h("th", { title: text }, text), ...s.rows.map((_, i) => cell(s.values[i][p])))
        )
      )
    )
  ];
}
function duplicates(s, ask) {
  if (!s.of) return [h("p", { class: "wb-quiet" }, "There are no duplicates and no look-alikes.")];
  const nodes = [];
  const groups = s.groups.slice(0, 40).map((group) => {
    const images = group.rows.map((row) => {
      const img = h("img", { alt: group.paths[0], onclick: () => ask("focus", { row }) });
      nodes.push([row, img]);
      return img;
    });
    return h(
      "div",
      { class: "wb-pair" },
      ...images,
      h(
        "div",
        {},
        h("strong", {}, group.kind === "exact" ? "same bytes" : "looks the same"),
        ...group.paths.map((path) => h("div", { class: "wb-quiet" }, path))
      )
    );
  });
  pictures(
    ask,
    nodes.map(([row]) => row),
    nodes.map(([, img]) => img)
  );
  return [
    h(
      "div",
      { class: "wb-row" },
      `${number(s.of)} groups`,
      s.near.length ? h(
        "button",
        { onclick: () => ask("select", { issue: "near" }) },
        `Select the ${s.near.length} that look the same`
      ) : null
    ),
    h("div", { class: "wb-pairs" }, ...groups)
  ];
}
function quality(s, ask) {
  if (!s.issues.length) return [h("p", { class: "wb-quiet" }, `No faults found in ${number(s.of)} images.`)];
  return [
    h("p", { class: "wb-quiet" }, "Click a fault to select its images."),
    h(
      "div",
      { class: "wb-row" },
      ...s.issues.map(
        ({ issue, images }) => h(
          "button",
          { onclick: () => ask("select", { issue }) },
          `${issue} `,
          h("strong", {}, number(images))
        )
      )
    )
  ];
}
var VIEWS = { likeness, captions, duplicates, quality };
function render({ model, el }) {
  const ask = asker(model);
  const body = h("div", { class: "wb-study-body" });
  const by = choice("Groups", [
    ["cluster", "clusters"],
    ["folder", "folders"],
    ["tag", "tags"],
    ["identity", "identities"]
  ]);
  const metric = choice("Measure", METRICS);
  const phrases = h("textarea", {
    rows: 3,
    "aria-label": "Captions, one a line",
    placeholder: "Captions, one a line.\nEach is compared with the selected images, or else with the hits."
  });
  const compare = h(
    "button",
    { onclick: () => ask("likeness", { by: by.value, metric: metric.value }) },
    "Compare"
  );
  const matrix = h(
    "button",
    { onclick: () => ask("captions", { phrases: phrases.value, metric: metric.value }) },
    "Compare"
  );
  const bars = {
    likeness: h("div", { class: "wb-row" }, "Groups", by, "measured by", metric, compare),
    captions: h("div", { class: "wb-row" }, phrases, matrix)
  };
  let view = model.get("view").what ?? "likeness";
  const tabs = h(
    "div",
    { class: "wb-group", role: "tablist" },
    ...[
      ["likeness", "Groups"],
      ["captions", "Captions"],
      ["duplicates", "Duplicates"],
      ["quality", "Quality"]
    ].map(
      ([name, text]) => h(
        "button",
        {
          role: "tab",
          "data-view": name,
          onclick: () => {
            view = name;
            draw();
            if (!bars[name]) ask(name);
          }
        },
        text
      )
    )
  );
  function draw() {
    const s = model.get("view");
    for (const tab of nodesOf(tabs)) tab.setAttribute("aria-selected", String(tab.dataset.view === view));
    for (const [name, bar] of Object.entries(bars)) bar.hidden = name !== view;
    bars[view]?.append(...view === "likeness" ? [metric, compare] : [metric, matrix]);
    body.replaceChildren(...s.what === view ? VIEWS[view](s, ask) : []);
  }
  function drawTraits() {
    by.value = model.get("by");
    metric.value = model.get("metric");
    if (model.get("phrases")) phrases.value = model.get("phrases");
  }
  model.on("change:view", () => {
    view = model.get("view").what ?? view;
    draw();
  });
  model.on("change:by change:metric change:phrases", drawTraits);
  fill(
    el,
    "wb-study",
    h(
      "details",
      {},
      h("summary", {}, "Study the collection"),
      h("div", { class: "wb-study-in" }, tabs, bars.likeness, bars.captions, body, status(model))
    )
  );
  drawTraits();
  draw();
}
var study_default = { render };
export {
  study_default as default
};
