// Built by esbuild 0.28.2 from dom.js folding.js format.js jupyterlab.js panel.js runs.js runs_parts.js widgets.js working.js sha256:eb77803c5b0e12a4b60c4b3841479541739dc01a2ba9580dd4f7b04570ed6e6b
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
var percent = (share) => `${Math.round(share * 100)} %`;

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

// runs_parts.js
function distanceCurve(c, eps, choose) {
  const [width, height, left, bottom] = [560, 170, 44, 22];
  const high = Math.max(...c.distances, eps || 0, 1e-9) * 1.05;
  const last = Math.max(c.of - 1, 1);
  const x = (at) => left + at / last * (width - left);
  const y = (value) => (height - bottom) * (1 - value / high);
  const line = c.at.map((at, i) => `${i ? "L" : "M"}${x(at).toFixed(1)},${y(c.distances[i]).toFixed(1)}`).join("");
  const across = (value, kind, text) => [
    svg("line", { x1: left, x2: width, y1: y(value), y2: y(value), class: kind }),
    svg("text", { x: left + 6, y: y(value) - 4, class: kind }, text)
  ];
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => svg(
      "text",
      { x: left - 6, y: y(high * share) + (share === 1 ? 10 : 0), "text-anchor": "end" },
      (high * share).toPrecision(2)
    )
  );
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      class: "wb-curve",
      "aria-label": `Distances of ${c.of} samples to their neighbour number ${c.k}, sorted; they bend at ${c.knee}`
    },
    svg("line", { x1: left, x2: width, y1: y(0), y2: y(0) }),
    ...ticks,
    svg("text", { x: left, y: height - 5 }, "samples, nearest first"),
    svg("path", { d: line }),
    ...c.knee > 0 ? across(c.knee, "wb-knee", `bend ${c.knee.toPrecision(3)}`) : [],
    ...eps > 0 ? across(eps, "wb-eps", `eps ${eps.toPrecision(3)}`) : []
  );
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    const at = (event.clientY - box.top) / box.height * height;
    choose(Number(Math.max(high * (1 - at / (height - bottom)), high / 1e3).toPrecision(3)));
  });
  return picture;
}
var COLUMNS = [
  ["clusters", "clusters"],
  ["noise", "in none"],
  ["largest", "largest"],
  ["silhouette", "silhouette"],
  ["dbcv", "DBCV"],
  ["purity", "purity"],
  ["adjusted_rand", "adj. Rand"]
];
var BETTER_HIGH = ["silhouette", "dbcv", "purity", "adjusted_rand"];
function runTable(table, opened, on) {
  const best = Object.fromEntries(
    BETTER_HIGH.map((key) => [key, Math.max(...table.map((run) => run[key] ?? -Infinity))])
  );
  const figure = (value) => value == null ? "n/a" : Number.isInteger(value) ? number(value) : value.toFixed(2);
  const cell = (run, [key, label]) => h(
    "td",
    {
      "data-label": label,
      class: table.length > 1 && run[key] != null && run[key] === best[key] ? "wb-best" : null
    },
    figure(run[key])
  );
  const row = (run) => h(
    "tr",
    { "aria-selected": String(run.name === opened), "data-run": run.name },
    h(
      "td",
      {},
      h(
        "button",
        { class: "wb-link", title: `${run.parameters}. Open it`, onclick: () => on.open(run.name) },
        run.name
      ),
      run.note ? h("div", { class: "wb-quiet" }, run.note) : null
    ),
    ...COLUMNS.map((column) => cell(run, column)),
    h(
      "td",
      {},
      h(
        "div",
        { class: "wb-group" },
        h("button", { title: "Colour the map by this run", onclick: () => on.colour(run.name) }, "Colour"),
        h(
          "button",
          {
            title: "Give it another name",
            "aria-label": `Rename ${run.name}`,
            onclick: () => on.rename(run.name)
          },
          "✎"
        ),
        h(
          "button",
          {
            title: "Delete this run",
            "aria-label": `Delete ${run.name}`,
            onclick: () => on.remove(run.name)
          },
          "✕"
        )
      )
    )
  );
  return h(
    "table",
    {},
    h("tr", {}, h("th", {}, "run"), ...COLUMNS.map(([, text]) => h("th", {}, text)), h("th", {})),
    ...table.map(row)
  );
}
function thumbnailStrip(ask, title, rows) {
  const pictures = rows.map(
    (row) => h("img", {
      alt: `image ${row}`,
      tabindex: "0",
      role: "button",
      onclick: () => ask("focus", { row }),
      onkeydown: (event) => {
        if (event.key === "Enter") ask("focus", { row });
      }
    })
  );
  ask("thumbnails", { rows }).then(([, buffers]) => {
    showPictures(pictures, buffers);
  });
  return h(
    "div",
    { class: "wb-strip" },
    h("span", { class: "wb-quiet" }, title),
    ...pictures,
    rows.length ? null : h("span", { class: "wb-quiet" }, "none but those above")
  );
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

// runs.js
var METHODS = { hdbscan: "HDBSCAN", dbscan: "DBSCAN", agglomerative: "Agglomerative" };
var SPACES = { reduced: "five dimensions (UMAP)", vectors: "the vectors" };
function render({ model, el }) {
  const ask = asker(model);
  let method = model.get("method");
  let naming = "";
  const methods = h("div", { class: "wb-group", role: "group", "aria-label": "Method" });
  const space = h(
    "select",
    { "aria-label": "Space", title: "Space in which distances are measured" },
    ...options(model.get("spaces").map((name2) => [name2, SPACES[name2] ?? name2]))
  );
  const inputs = h("span", { class: "wb-row" });
  const name = h("input", {
    class: "wb-name-box",
    placeholder: "Name (optional)",
    "aria-label": "Name of the run",
    maxlength: 120
  });
  const curve = h("div", { class: "wb-curve-place" });
  const form = h("form", { class: "wb-form", "aria-label": "A run of clustering" });
  const against = h(
    "select",
    { "aria-label": "Compare with", onchange: () => ask("compare", { against: against.value }) },
    ...options([
      ["folder", "folders"],
      ["tag", "tags"],
      ["identity", "identities"]
    ])
  );
  const compared = h("div", { class: "wb-runs-table" });
  const inside = h("div", { class: "wb-runs-inside" });
  const fields = () => model.get("fields")[method] ?? [];
  const field = (name2) => (
    /** @type {HTMLInputElement | null} */
    form.elements.namedItem(name2)
  );
  const textOf = (name2) => field(name2)?.value ?? "";
  const eps = () => Number(textOf("eps"));
  function drawForm() {
    const kept = Object.fromEntries(
      [...inputs.querySelectorAll("input")].map((input) => [input.name, input.value])
    );
    methods.replaceChildren(
      ...Object.entries(METHODS).map(
        ([key, text]) => h(
          "button",
          {
            type: "button",
            "aria-pressed": String(key === method),
            onclick: () => {
              method = key;
              drawForm();
            }
          },
          text
        )
      )
    );
    inputs.replaceChildren(
      ...fields().map(
        (about) => h(
          "label",
          { title: about.hint },
          about.label,
          h("input", {
            name: about.name,
            type: "number",
            class: "wb-number",
            step: "any",
            value: kept[about.name] ?? about.default,
            placeholder: about.default == null ? "auto" : null,
            oninput: about.name === "eps" ? drawCurve : null
          })
        )
      ),
      method === "dbscan" ? h(
        "button",
        {
          type: "button",
          title: "Sorted distances to the last of these neighbours: noise begins where the curve bends",
          onclick: distances
        },
        "Choose eps…"
      ) : ""
    );
    drawCurve();
  }
  function distances() {
    ask("distances", {
      k: Math.max(1, Math.round(Number(textOf("min_samples")) || 5)),
      space: space.value
    });
  }
  function drawCurve() {
    const c = model.get("curve");
    const shown2 = method === "dbscan" && c.of > 0;
    curve.hidden = !shown2;
    if (!shown2) return;
    curve.replaceChildren(
      distanceCurve(c, eps(), (value) => {
        const input = field("eps");
        if (input) input.value = String(value);
        drawCurve();
      }),
      h(
        "p",
        { class: "wb-quiet" },
        `How far each of ${number(c.of)} samples is from its neighbour number ${c.k} in `,
        `${SPACES[c.space] ?? c.space}. Click to choose eps; noise begins where the curve bends up.`
      )
    );
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const settings = Object.fromEntries(
      fields().map(({ name: name2 }) => [name2, textOf(name2) === "" ? null : Number(textOf(name2))])
    );
    ask("run", { method, name: name.value, space: space.value, settings });
    name.value = "";
  });
  const on = {
    open: (run) => ask("open", { name: run }),
    colour: (run) => ask("colour", { name: run }),
    remove: (run) => ask("remove", { name: run }),
    rename: (run) => {
      naming = run;
      drawTable();
      focusOn(compared.querySelector("input"));
    }
  };
  function drawTable() {
    const table = model.get("table");
    against.value = model.get("against");
    const box = h("input", { class: "wb-name-box", value: naming, "aria-label": "New name", maxlength: 120 });
    const renaming = h(
      "form",
      { class: "wb-row" },
      `New name for “${naming}”:`,
      box,
      h("button", { type: "submit" }, "Rename"),
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            naming = "";
            drawTable();
          }
        },
        "Cancel"
      )
    );
    renaming.addEventListener("submit", (event) => {
      event.preventDefault();
      ask("rename", { name: naming, to: box.value });
      naming = "";
    });
    compared.replaceChildren(
      ...table.length ? [
        h("div", { class: "wb-row" }, "Purity and adjusted Rand against", against),
        h("div", { class: "wb-table" }, runTable(table, model.get("opened"), on)),
        ...naming ? [renaming] : []
      ] : [
        h(
          "p",
          { class: "wb-quiet" },
          "No runs yet. Choose a method and press Run; each run is kept with its parameters."
        )
      ]
    );
  }
  function drawInside() {
    const opened = model.get("opened");
    const clusters = model.get("clusters");
    const now = clusters.find(({ cluster }) => cluster === model.get("cluster"));
    inside.hidden = !opened;
    if (!opened) return;
    const chip = ({ cluster, name: text, count }) => h(
      "button",
      {
        class: "wb-chip-button",
        "aria-pressed": String(cluster === model.get("cluster")),
        onclick: () => ask("look", { cluster })
      },
      text,
      h("span", { class: "wb-quiet" }, number(count))
    );
    const beyond = model.get("beyond");
    inside.replaceChildren(
      h("strong", {}, opened),
      clusters.length ? h(
        "div",
        { class: "wb-chips" },
        ...clusters.map(chip),
        beyond ? h("span", { class: "wb-quiet" }, `and ${beyond} more`) : ""
      ) : h("p", { class: "wb-quiet" }, "This run found no clusters."),
      h(
        "div",
        { class: "wb-row" },
        now ? h(
          "button",
          { onclick: () => ask("select", { cluster: now.cluster }) },
          `Select the ${number(now.count)} of “${now.name}”`
        ) : "",
        h("button", { onclick: () => ask("select", { cluster: -1 }) }, "Select what is in no cluster")
      ),
      ...now ? [thumbnailStrip(ask, "typical", model.get("typical")), thumbnailStrip(ask, "odd", model.get("odd"))] : []
    );
  }
  const hint = "Cluster the images in several ways and compare the results";
  const fold = foldDetails(
    model,
    (unfolded) => {
      if (unfolded !== model.get("unfolded")) ask("unfold", { unfolded });
    },
    ["Cluster runs ", h("span", { class: "wb-quiet wb-light" }, hint)],
    h("div", { class: "wb-runs-in" }, form, working(model, ask), compared, inside, status(model))
  );
  form.append(
    h(
      "div",
      { class: "wb-row" },
      methods,
      "on",
      space,
      h("span", { class: "wb-space" }),
      name,
      h("button", { type: "submit", class: "wb-main" }, "Run")
    ),
    inputs,
    curve
  );
  model.on("change:method", () => {
    method = model.get("method");
    drawForm();
  });
  model.on("change:curve", drawCurve);
  model.on("change:table change:opened change:against", drawTable);
  model.on("change:opened change:clusters change:cluster change:typical change:odd", drawInside);
  fill(el, "wb-runs", fold);
  drawForm();
  drawTable();
  drawInside();
}
var runs_default = { render };
export {
  runs_default as default
};
