// Built by esbuild 0.28.2 from dom.js format.js jupyterlab.js panel.js query.js query_chips.js widgets.js sha256:f8e09a141b7d9f613e816b1a4d6bef4ba442f910f92c90a0b6d6dd605580b00e
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
var options = (choices) => choices.map(([value, text]) => h("option", { value }, text));
function pictureUrl(bytes, type = "image/jpeg") {
  return bytes?.byteLength ? URL.createObjectURL(new Blob([
    /** @type {BlobPart} */
    bytes
  ], { type })) : "";
}

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");

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

// query_chips.js
var shownChips = (chips) => chips.map((chip, position) => ({ ...chip, position })).filter((chip) => chip.kind !== "over");
function tellsMore(shown2) {
  const [only] = shown2;
  return shown2.length > 1 || only !== void 0 && !(only.kind === "words" && only.plus && only.weight === 1);
}
var weightText = ({ weight }) => weight === 1 ? "" : ` ×${weight}`;
var chipText = (chip) => `${chip.kind === "words" ? "" : `${chip.kind} `}${chip.label}${weightText(chip)}`;
function comparisons(kinds, asked) {
  const choices = [
    ["", "whole images"],
    ...kinds.map((kind) => (
      /** @type {[string, string]} */
      [kind, kind]
    )),
    [["images", ...kinds].join(" "), "all of these"]
  ];
  return choices.some(([value]) => value === asked) ? choices : [...choices, [asked, asked]];
}

// query.js
var LARGEST = 1024;
var HELP = [
  ["a red car +at night", "two phrases, both wanted"],
  ["-people", "not this"],
  ["-people^0.5", "not this, at half weight"],
  ["like:selection", "like the average of the selected images"],
  ["within:selection", "only within the selection"],
  ["tag:evidence", "only images with this tag"],
  ["taken:2019-05..2020", "only images taken then"],
  ["in:report.pdf", "only the pages of this file, or what lies in a folder"],
  ["kind:document", "only pages of documents; or photo, video"],
  ["is:main", "a raw photo and its JPEG count once"],
  ["camera:Canon", "only by this camera; also lens: and by: (who took it)"],
  ["keyword:sea", "only with this keyword; also title: and description:"],
  ["rating:>=4", "only with four or five stars; rating:rejected"],
  ["face:Anna", "images of this person"],
  ['text:"ABC 12"', "images in which this text was read"],
  ["a red coat over:persons", "compare each person, not the whole image"]
];
var imageIn = (files) => [...files ?? []].find((file) => file.type.startsWith("image/"));
async function pictureBytes(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file.arrayBuffer();
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale))
  );
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })).arrayBuffer();
}
function render({ model, el }) {
  const ask = asker(model);
  const chips = h("div", { class: "wb-chips", "aria-label": "How the query was understood" });
  const text = h("input", {
    type: "search",
    class: "wb-text",
    "aria-label": "What are you looking for?",
    spellcheck: "false",
    placeholder: "What are you looking for? For example: a cup of coffee -laptop"
  });
  const file = h("input", { type: "file", accept: "image/*", hidden: true });
  const top = h("input", {
    type: "number",
    min: 1,
    step: 10,
    class: "wb-number",
    "aria-label": "Maximum number of hits"
  });
  const least = h("input", { type: "number", step: 1, class: "wb-number", "aria-label": "Minimum score" });
  const unit = h(
    "select",
    { "aria-label": "Kind of limit" },
    h("option", { value: "probability" }, "% sure"),
    h("option", { value: "cosine" }, "cosine"),
    h("option", { value: "fixed", title: "The cosine 0.25 for words, 0.70 for examples" }, "fixed threshold")
  );
  const over = h("select", {
    "aria-label": "What the query is compared with",
    title: "Compare the query with whole images, or with what was found in them"
  });
  const compare = h("label", { class: "wb-row" }, "Compare", over);
  const answer = h("span", { class: "wb-quiet", role: "status" });
  const more = h("button", { onclick: () => ask("more") }, "Load more");
  const clear = h("button", { onclick: () => ask("clear"), title: "Clear the query and its hits" }, "Clear");
  const help = h(
    "div",
    { class: "wb-help", hidden: true },
    ...HELP.map(
      ([example, meaning]) => h(
        "button",
        { onclick: () => write(example), title: "Add this to the query" },
        h("code", {}, example),
        h("span", {}, meaning)
      )
    )
  );
  const question = h(
    "button",
    {
      "aria-expanded": "false",
      title: "Help: what a query can contain",
      onclick: () => {
        help.hidden = !help.hidden;
        question.setAttribute("aria-expanded", String(!help.hidden));
      }
    },
    "?"
  );
  const leastValue = () => unit.value === "probability" ? Number(least.value) / 100 : Number(least.value);
  const run = () => ask("run", {
    text: text.value,
    k: Math.max(1, Math.round(Number(top.value) || 50)),
    least: leastValue(),
    unit: unit.value
  });
  function write(more2) {
    text.value = `${text.value.trimEnd()} ${more2}`.trimStart();
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }
  async function addFile(chosen) {
    if (chosen) await ask("picture", { text: text.value }, [await pictureBytes(chosen)]);
  }
  function chipNode({ position, ...chip }) {
    const label = chipText(chip);
    const weight = weightText(chip);
    const sign = h(
      "button",
      {
        class: "wb-sign",
        title: chip.plus ? "Included. Click to exclude" : "Excluded. Click to include",
        "aria-label": `${chip.plus ? "Included" : "Excluded"}: ${label}`,
        onclick: () => ask("flip", { position })
      },
      chip.plus ? "+" : "−"
    );
    const picture = chip.picture && chip.label !== "selection" ? h("img", { alt: chip.label }) : null;
    if (picture)
      ask("thumbnail", { position }).then(([, buffers]) => {
        picture.src = pictureUrl(buffers[0]);
      });
    const quiet = (text2) => h("span", { class: "wb-quiet" }, text2);
    return h(
      "span",
      { class: `wb-chip ${chip.plus ? "wb-plus" : "wb-minus"}` },
      sign,
      chip.kind === "words" ? null : quiet(chip.kind),
      picture,
      h("span", { class: "wb-label" }, chip.label),
      weight ? quiet(weight) : null,
      h(
        "button",
        { title: "Remove", "aria-label": `Remove ${label}`, onclick: () => ask("drop", { position }) },
        "×"
      )
    );
  }
  function drawChips() {
    const shown2 = shownChips(model.get("chips"));
    chips.replaceChildren(...shown2.map(chipNode));
    chips.hidden = !tellsMore(shown2);
  }
  function drawAnswer() {
    const a = model.get("answer");
    const asked = a.shown != null;
    const beyond = a.beyond == null ? "" : `${number(Math.round(a.beyond))} beyond chance, `;
    const took = a.milliseconds < 10 ? a.milliseconds?.toFixed(1) : Math.round(a.milliseconds);
    answer.title = a.beyond == null ? "" : "How many more hits there are than an unrelated query would have here";
    setText(
      answer,
      a.instead ? `Shown now: ${number(a.shown)} hits for ${a.instead}` : asked ? `${number(a.shown)} of ${number(a.passed)} hits, ${beyond}${number(a.of)} images, ${took} ms` : "Search in words, drop or paste a picture, or click “≈ like this” on a thumbnail."
    );
    more.hidden = !asked || a.instead != null || a.shown >= a.passed;
    clear.hidden = !asked && !model.get("chips").length;
  }
  function drawLimits() {
    top.value = model.get("k");
    unit.value = model.get("unit");
    least.value = unit.value === "probability" ? Math.round(model.get("least") * 100) : model.get("least");
    least.hidden = unit.value === "fixed";
    least.step = unit.value === "probability" ? "5" : "0.01";
  }
  function drawOver() {
    const kinds = model.get("kinds");
    const asked = model.get("over").join(" ");
    over.replaceChildren(...options(comparisons(kinds, asked)));
    over.value = asked;
    compare.hidden = !kinds.length;
  }
  over.addEventListener(
    "change",
    () => ask("compare", { text: text.value, kinds: over.value.split(" ").filter(Boolean) })
  );
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter") run();
  });
  for (const input of [top, least]) input.addEventListener("change", run);
  unit.addEventListener("change", () => {
    least.value = "0";
    run();
  });
  file.addEventListener("change", () => {
    addFile(file.files?.[0]);
    file.value = "";
  });
  el.addEventListener("dragover", (event) => {
    event.preventDefault();
    el.classList.add("wb-drop");
  });
  el.addEventListener("dragleave", () => el.classList.remove("wb-drop"));
  el.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    el.classList.remove("wb-drop");
    const files = event.dataTransfer?.files;
    addFile(imageIn(files) ?? files?.[0]);
  });
  el.addEventListener("paste", (event) => {
    const image = imageIn(event.clipboardData?.files);
    if (image) {
      event.preventDefault();
      addFile(image);
    }
  });
  model.on("change:chips", () => {
    drawChips();
    drawAnswer();
  });
  model.on("change:answer", drawAnswer);
  const drawText = () => {
    text.value = model.get("text");
    drawOver();
  };
  model.on("change:text", drawText);
  model.on("change:over", drawOver);
  model.on("change:k change:unit change:least", drawLimits);
  fill(
    el,
    "wb-query",
    h(
      "div",
      { class: "wb-row" },
      text,
      h("button", { class: "wb-main", onclick: run }, "Search"),
      h("button", { onclick: () => write("-"), title: "Exclude images that match some words" }, "− not"),
      h(
        "button",
        {
          onclick: () => file.click(),
          title: "Search with a picture of your own: choose, drop or paste one"
        },
        "Picture…"
      ),
      file,
      question
    ),
    help,
    chips,
    h(
      "div",
      { class: "wb-row" },
      compare,
      h("label", { class: "wb-row" }, "Top", top),
      h("label", { class: "wb-row" }, "at least", unit, least),
      answer,
      h("span", { class: "wb-space" }),
      more,
      clear
    ),
    status(model)
  );
  drawChips();
  drawText();
  drawLimits();
  drawAnswer();
}
var query_default = { render };
export {
  query_default as default
};
