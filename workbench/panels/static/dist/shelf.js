// Built by esbuild 0.28.2 from dom.js format.js jupyterlab.js panel.js shelf.js widgets.js sha256:e37215e4062e66c870268df76869faeee6b62a3a75f29f176cec28c2c09632db
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

// shelf.js
function render({ model, el }) {
  const ask = asker(model);
  const count = h("strong", { role: "status" });
  const asking = (name2, text, title) => button(text, title, () => ask(name2));
  const undo = asking("undo", "Undo", "Undo the last change of the selection");
  const redo = asking("redo", "Redo", "Redo the change that was undone");
  const invert = asking("invert", "Invert", "Select what is not selected");
  const clear = asking("clear", "Clear", "Clear the selection");
  const name = h("input", {
    class: "wb-name-box",
    placeholder: "Save as…",
    "aria-label": "Name for the selection"
  });
  const save = h(
    "button",
    { onclick: keep, title: "Save the selection in the case under this name" },
    "Save"
  );
  const saved = h("select", { "aria-label": "Saved selections" });
  const open = (mode, text, title) => button(text, title, () => saved.value && ask("open", { name: saved.value, mode }));
  const group = h(
    "span",
    { class: "wb-group" },
    open("replace", "Open", "Replace the selection with it"),
    open("add", "∪", "Add it to the selection"),
    open("remove", "∖", "Remove it from the selection"),
    open("intersect", "∩", "Keep only what is in both")
  );
  const forget = h(
    "button",
    {
      title: "Delete the saved selection",
      "aria-label": "Delete the saved selection",
      onclick: () => saved.value && ask("remove", { name: saved.value })
    },
    "×"
  );
  const words = h(
    "button",
    {
      title: "Phrases that set the selection apart from all other images, or from the saved selection chosen",
      onclick: () => ask("separate", { name: saved.value })
    },
    "In words"
  );
  const said = h("div", { class: "wb-words" });
  const note = h("span", { class: "wb-quiet", role: "status" });
  const savedNow = () => model.get("saved");
  function keep() {
    if (name.value.trim())
      ask("save", { name: name.value }).then(() => {
        if (!model.get("error")) name.value = "";
      });
    else name.focus();
  }
  function draw() {
    const n = model.get("count");
    setText(count, `${number(n)} selected`);
    undo.disabled = !model.get("undoable");
    redo.disabled = !model.get("redoable");
    for (const node of [clear, name, save, words]) node.disabled = !n;
    setText(note, model.get("note"));
    note.hidden = !note.textContent;
  }
  function drawSaved() {
    const chosen = saved.value;
    saved.replaceChildren(
      h("option", { value: "" }, "Saved selections…"),
      ...savedNow().map(
        (s) => h(
          "option",
          { value: s.name, title: s.query },
          `${s.name} (${number(s.images)}${s.gone ? `, ${s.gone} gone` : ""})`
        )
      )
    );
    saved.value = savedNow().some((s) => s.name === chosen) ? chosen : "";
    drawGroup();
  }
  function drawGroup() {
    saved.hidden = !model.get("saved").length;
    group.hidden = forget.hidden = !saved.value;
  }
  function drawWords() {
    const found = model.get("words");
    const against = model.get("against") ? `“${model.get("against")}”` : "all others";
    said.hidden = !found.length;
    said.replaceChildren(
      h("span", { class: "wb-quiet" }, `Compared with ${against}:`),
      ...found.map(
        (w) => h(
          "span",
          {
            class: "wb-word",
            title: `In ${percent(w.share)} of all pairs the selected image fits the phrase better`
          },
          w.phrase,
          " ",
          h("span", { class: "wb-quiet" }, percent(w.share))
        )
      )
    );
  }
  name.addEventListener("keydown", (event) => {
    if (event.key === "Enter") keep();
  });
  saved.addEventListener("change", drawGroup);
  model.on("change:count change:undoable change:redoable change:note", draw);
  model.on("change:saved", drawSaved);
  model.on("change:words change:against", drawWords);
  fill(
    el,
    "wb-shelf",
    h(
      "div",
      { class: "wb-row" },
      count,
      h("span", { class: "wb-group" }, undo, redo, invert, clear),
      words,
      h("span", { class: "wb-space" }),
      note,
      name,
      save,
      saved,
      group,
      forget
    ),
    said,
    status(model)
  );
  draw();
  drawSaved();
  drawWords();
}
var shelf_default = { render };
export {
  shelf_default as default
};
