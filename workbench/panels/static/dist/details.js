// Built by esbuild 0.28.2 from details.js dom.js format.js jupyterlab.js lazy.js panel.js widgets.js sha256:e5aa2fe2e69c54c38a969b564789196369f44b76dcfd838dd3e138c8440f06aa
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
function pictureUrl(bytes, type = "image/jpeg") {
  return bytes?.byteLength ? URL.createObjectURL(new Blob([
    /** @type {BlobPart} */
    bytes
  ], { type })) : "";
}
function replacePicture(image, bytes, type = "image/jpeg") {
  URL.revokeObjectURL(image.src);
  image.src = pictureUrl(bytes, type);
}

// format.js
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

// details.js
function phraseRow(found, best) {
  return h(
    "div",
    { class: "wb-phrase", title: `cosine ${found.score.toFixed(3)}` },
    h("span", {}, found.phrase),
    h(
      "span",
      { class: "wb-bar" },
      h("i", { style: `width:${Math.max(2, 100 * found.probability / best)}%` })
    ),
    h("span", { class: "wb-quiet" }, percent(found.probability))
  );
}
function render({ model, el }) {
  const ask = asker(model);
  const picture = h("img", { class: "wb-large", tabindex: "0" });
  const title = h("div", { class: "wb-title" });
  const facts = h("dl", { class: "wb-facts" });
  const phrases = h("div", { class: "wb-phrases" });
  const words = h("textarea", {
    rows: 8,
    "aria-label": "Vocabulary, one phrase a line",
    spellcheck: "false"
  });
  const tag = h("input", { placeholder: "Add a tag", "aria-label": "Add a tag", class: "wb-tag" });
  const empty = h(
    "div",
    { class: "wb-empty" },
    "Click a thumbnail or a point on the map to look at one image here."
  );
  const boxes = h("div", { class: "wb-boxes" });
  const turn = (by) => ask("turn", { by });
  const back = h("button", { onclick: () => turn(-1) }, "‹");
  const on = h("button", { onclick: () => turn(1) }, "›");
  const place = h("span", { class: "wb-quiet", "aria-live": "polite" });
  const all = h("button", { onclick: () => ask("pages") });
  const pages = h("div", { class: "wb-row wb-pages", hidden: true, role: "group" }, back, place, on, all);
  function callPages(part) {
    for (
      const [button, which, key] of
      /** @type {const} */
      [
        [back, "Previous", "Page Up"],
        [on, "Next", "Page Down"]
      ]
    ) {
      button.setAttribute("aria-label", `${which} ${part}`);
      button.title = `${which} ${part} (${key})`;
    }
    pages.setAttribute("aria-label", `${part[0].toUpperCase()}${part.slice(1)}s of this file`);
    all.title = `Select all ${part}s of this file`;
    setText(all, `all ${part}s`);
  }
  const row = () => model.get("row");
  const editor = h(
    "details",
    { class: "wb-vocabulary" },
    h("summary", {}, "Edit the vocabulary"),
    words,
    h(
      "button",
      { onclick: () => ask("vocabulary", { phrases: words.value.split("\n") }) },
      "Use these phrases"
    )
  );
  const body = h(
    "div",
    { class: "wb-body" },
    h("div", { class: "wb-picture" }, h("div", { class: "wb-framed" }, picture, boxes)),
    h(
      "div",
      { class: "wb-about" },
      title,
      pages,
      h(
        "div",
        { class: "wb-row" },
        h("button", { onclick: () => ask("like", { row: row() }) }, "≈ like this"),
        tag
      ),
      facts
    ),
    h("div", { class: "wb-words" }, h("div", { class: "wb-title" }, "In words"), phrases, editor)
  );
  async function show() {
    const wanted = row();
    empty.hidden = wanted >= 0;
    body.hidden = wanted < 0;
    if (wanted < 0) return;
    const [answer, buffers] = await ask("show", { row: wanted });
    if (answer.row !== row()) return;
    replacePicture(picture, buffers[0]);
    drawBoxes();
    picture.alt = visible(answer.name);
    setText(title, answer.name);
    pages.hidden = !answer.pages;
    if (answer.pages) {
      const { number, count } = answer.pages;
      callPages(answer.part);
      setText(place, `${number} of ${count}`);
      back.setAttribute("aria-disabled", String(number === 1));
      on.setAttribute("aria-disabled", String(number === count));
    }
    facts.replaceChildren(
      ...answer.facts.flatMap(([name, text]) => [
        h("dt", {}, name),
        Array.isArray(text) ? h("dd", { class: "wb-chips" }, ...text.map((one) => h("span", { class: "wb-fact" }, one))) : h("dd", {}, text)
      ])
    );
    phrases.replaceChildren(h("span", { class: "wb-quiet" }, "Finding phrases…"));
    const [found] = await ask("phrases", { row: wanted });
    if (found.row !== row() || !found.phrases) return phrases.replaceChildren();
    const told = found.phrases;
    const best = Math.max(...told.map((p) => p.probability), 1e-6);
    phrases.replaceChildren(...told.map((p) => phraseRow(p, best)));
  }
  const share = (value) => `${(100 * value).toFixed(3)}%`;
  async function drawBoxes() {
    const wanted = row();
    const [answer] = wanted < 0 ? [{ row: wanted }] : await ask("boxes", { row: wanted });
    if (answer.row !== row()) return;
    const at = (x, y, width, height) => `left:${share(x)};top:${share(y)};width:${share(width)};height:${share(height)}`;
    const hit = answer.hit ? [
      h("i", {
        class: "wb-hitbox",
        title: "What matched",
        style: at(.../** @type {import("./types.js").Box} */
        answer.hit)
      })
    ] : [];
    boxes.replaceChildren(
      ...hit,
      ...(answer.boxes ?? []).map(
        (box) => h(
          "button",
          {
            class: "wb-box",
            "data-face": box.row,
            "aria-label": `Face of ${box.name || "somebody without a name"}: look at it`,
            style: at(box.x, box.y, box.width, box.height),
            onclick: () => ask("face", { face: box.row })
          },
          h("span", {}, box.name || "?")
        )
      )
    );
    markFace();
  }
  const markFace = () => {
    for (const box of nodesOf(boxes))
      box.setAttribute("aria-current", String(Number(box.dataset.face) === model.get("face")));
  };
  tag.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !tag.value.trim()) return;
    ask("tag", { row: row(), tag: tag.value });
    tag.value = "";
  });
  body.addEventListener("keydown", (event) => {
    const by = { PageUp: -1, PageDown: 1 }[event.key];
    if (!by || pages.hidden || event.target instanceof HTMLTextAreaElement) return;
    event.preventDefault();
    turn(by);
  });
  const drawWords = () => {
    words.value = model.get("vocabulary").join("\n");
  };
  model.on("change:row change:version", show);
  model.on("change:vocabulary", drawWords);
  model.on("change:boxes_version", drawBoxes);
  model.on("change:face", markFace);
  fill(el, "wb-details", status(model), empty, body);
  drawWords();
  show();
}
var details_default = { render };
export {
  details_default as default
};
