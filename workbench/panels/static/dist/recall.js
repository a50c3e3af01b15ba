// Built by esbuild 0.28.2 from dom.js format.js jupyterlab.js panel.js recall.js widgets.js sha256:d911e1357893f5e2592a924bd3f9d4bfe17b67e5172b1f9b2e684111ad5605cd
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
function focusOn(node) {
  if (node instanceof HTMLElement) node.focus();
}
function pictureUrl(bytes, type = "image/jpeg") {
  return bytes?.byteLength ? URL.createObjectURL(new Blob([
    /** @type {BlobPart} */
    bytes
  ], { type })) : "";
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

// recall.js
function render({ model, el }) {
  const ask = asker(model);
  const start = h(
    "button",
    {
      title: "Judge some images beyond the hits to estimate how many were missed",
      onclick: () => ask("start")
    },
    "Did I miss any?"
  );
  const said = h("span", { role: "status" });
  const keep = h(
    "button",
    {
      title: "Add to the selection the images you marked as right beyond the hits",
      onclick: () => ask("keep")
    },
    "Select what was missed"
  );
  const stop = h("button", { onclick: () => ask("stop") }, "Close");
  const strip = h("div", { class: "wb-judge", role: "list", "aria-label": "Images to judge" });
  let shown2 = "";
  const itemsNow = () => model.get("items");
  function card(item, position, url) {
    const judge = (right) => ask("judge", { row: item.row, right: model.get("items")[position].right === right ? null : right });
    const choice = (right, text, key) => h(
      "button",
      { title: `${text} (${key})`, "data-right": String(right), onclick: () => judge(right) },
      text
    );
    const node = h(
      "div",
      { class: "wb-verdict", role: "listitem", tabindex: "0", "data-row": item.row, "aria-label": item.name },
      h("img", { src: url, alt: item.name, title: item.name }),
      h("span", { class: "wb-group" }, choice(true, "Yes", "Y"), choice(false, "No", "N"))
    );
    node.addEventListener("keydown", (event) => {
      const right = { y: true, n: false }[event.key.toLowerCase()];
      if (right === void 0) return;
      judge(right);
      focusOn(node.nextElementSibling);
      event.preventDefault();
    });
    return node;
  }
  async function draw() {
    const items = itemsNow();
    start.hidden = !model.get("ready") || items.length > 0;
    el.hidden = !model.get("ready") && !model.get("error");
    strip.hidden = stop.hidden = !items.length;
    const rows = items.map((item) => item.row);
    if (shown2 !== String(rows)) {
      shown2 = String(rows);
      const [, buffers] = rows.length ? await ask("thumbnails", { rows }) : [
        null,
        /** @type {DataView[]} */
        []
      ];
      if (shown2 !== String(rows)) return;
      strip.replaceChildren(...itemsNow().map((item, i) => card(item, i, pictureUrl(buffers[i]))));
    }
    itemsNow().forEach((item, i) => {
      for (const choice of strip.children[i]?.querySelectorAll("button") ?? []) {
        choice.setAttribute("aria-pressed", String(String(item.right) === choice.dataset.right));
      }
    });
    drawSaid();
  }
  function drawSaid() {
    const s = model.get("said");
    keep.hidden = !itemsNow().some((item) => item.right);
    if (!itemsNow().length) {
      setText(said, "");
      return;
    }
    if (!s.recall) {
      setText(
        said,
        "Does it show what you asked for? Press Y or N. The first ones lie just beyond the hits."
      );
      return;
    }
    const range = (v, f) => `${f(v[1])} (${f(v[0])} to ${f(v[2])})`;
    const n = (v) => number(Math.round(v));
    said.replaceChildren(
      h("strong", {}, `Recall ${range(s.recall, percent)}`),
      `, missed ${range(s.missed, n)}, precision ${range(s.precision, percent)}; `,
      `${s.judged} of ${s.of} judged, 95 % intervals`
    );
  }
  model.on("change:ready change:items change:said change:error", draw);
  fill(
    el,
    "wb-recall",
    h("div", { class: "wb-row" }, start, said, h("span", { class: "wb-space" }), keep, stop),
    strip,
    status(model)
  );
  draw();
}
var recall_default = { render };
export {
  recall_default as default
};
