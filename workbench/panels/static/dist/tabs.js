// Built by esbuild 0.28.2 from dom.js format.js jupyterlab.js lazy.js panel.js tabs.js widgets.js sha256:b9c6936bb072e1720b3d0d8692d7fdd9f2d78783fb4a4464b3f66ff5c5c7bdc3
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

// tabs.js
function render({ model, el }) {
  const ask = asker(model);
  const bar = h("div", { class: "wb-tabs", role: "tablist", "aria-label": "Sides of the desk" });
  const tabOf = Object.fromEntries(
    Object.entries(model.get("sides")).map(([name, text]) => [
      name,
      h("button", { role: "tab", "data-side": name, onclick: () => ask("choose", { name }) }, text)
    ])
  );
  bar.append(...Object.values(tabOf));
  function draw() {
    for (const [name, tab] of Object.entries(tabOf)) {
      const on = name === model.get("side");
      tab.setAttribute("aria-selected", String(on));
      tab.setAttribute("tabindex", on ? "0" : "-1");
    }
  }
  bar.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    if (!step) return;
    const tabs = nodesOf(bar);
    const next = tabs[(tabs.indexOf(
      /** @type {HTMLElement} */
      event.target
    ) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
    consume(event);
  });
  model.on("change:side", draw);
  fill(el, "wb-sidebar", bar, status(model));
  draw();
}
var tabs_default = { render };
export {
  tabs_default as default
};
