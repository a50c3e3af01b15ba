// Built by esbuild 0.28.2 from dom.js folding.js format.js jupyterlab.js left_out.js panel.js widgets.js sha256:13ea75566ff44b5ee9cc92b275bf85f4dee2df8c18f2d09ffa7f5f7faffbedbc
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

// left_out.js
var LISTS = [
  ["problem", "Problems"],
  ["skipped", "Skipped"]
];
function render({ model, el }) {
  const ask = asker(model);
  const set = setter(model);
  const tabs = h("div", { class: "wb-group", role: "group", "aria-label": "Which files" });
  const kinds = h("span", { class: "wb-quiet" });
  const table = h("table");
  const scroller = h("div", { class: "wb-left-out-files", tabindex: "0", "aria-label": "Files" }, table);
  const counted = h("p", { class: "wb-quiet" });
  const rest = h("p", { class: "wb-quiet" });
  const hint = h("span", { class: "wb-quiet" });
  const fold = foldDetails(
    model,
    (on) => {
      if (on !== model.get("unfolded")) ask("unfold", { on });
    },
    ["Left out", hint],
    h(
      "div",
      { class: "wb-left-out-in" },
      counted,
      h("div", { class: "wb-row" }, tabs, kinds),
      scroller,
      rest
    ),
    status(model)
  );
  function draw() {
    const { problem = 0, skipped = 0 } = model.get("counts");
    el.hidden = !problem && !skipped;
    hint.replaceChildren(`${plural(problem, "problem")}, ${plural(skipped, "skipped file")}`);
    tabs.replaceChildren(
      ...LISTS.map(
        ([what, text]) => button(
          `${text} ${number(model.get("counts")[what])}`,
          what === "problem" ? "Files that could not be read" : "Files that are no pictures we read",
          () => set("listed", what),
          what === model.get("listed")
        )
      )
    );
    kinds.replaceChildren(model.get("listed") === "skipped" ? model.get("kinds") : "");
    if (model.get("unfolded")) list();
  }
  async function list() {
    const what = model.get("listed");
    const [answer] = await ask("list", { what });
    if (what !== model.get("listed") || !answer.files) return;
    counted.replaceChildren(answer.counted);
    const files = answer.files;
    table.replaceChildren(
      ...files.map(([path, reason]) => h("tr", {}, h("td", {}, path), h("td", {}, reason)))
    );
    const more = model.get("counts")[what] - files.length;
    rest.hidden = !more;
    rest.replaceChildren(`and ${number(more)} more: desk.left_out.frame lists all`);
  }
  model.on("change:counts change:listed change:kinds change:unfolded", draw);
  fill(el, "wb-left-out", fold);
  draw();
}
var left_out_default = { render };
export {
  left_out_default as default
};
