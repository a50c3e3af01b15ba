// @ts-check
// Details: the picture and the facts at once, the phrases when they are there; the vocabulary can be edited
// in place.

import { h, replacePicture, setText, visible } from "./dom.js";
import { percent } from "./format.js";
import { nodesOf } from "./lazy.js";
import { asker, fill, status } from "./panel.js";

/** @typedef {{ phrase: string, score: number, probability: number }} Phrase */
/** @param {Phrase} found @param {number} best the largest probability */
function phraseRow(found, best) {
  return h(
    "div",
    { class: "wb-phrase", title: `cosine ${found.score.toFixed(3)}` },
    h("span", {}, found.phrase),
    h(
      "span",
      { class: "wb-bar" },
      h("i", { style: `width:${Math.max(2, (100 * found.probability) / best)}%` }),
    ),
    h("span", { class: "wb-quiet" }, percent(found.probability)),
  );
}

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const picture = h("img", { class: "wb-large", tabindex: "0" });
  const title = h("div", { class: "wb-title" });
  const facts = h("dl", { class: "wb-facts" });
  const phrases = h("div", { class: "wb-phrases" });
  const words = h("textarea", {
    rows: 8,
    "aria-label": "Vocabulary, one phrase a line",
    spellcheck: "false",
  });
  const tag = h("input", { placeholder: "Add a tag", "aria-label": "Add a tag", class: "wb-tag" });
  const empty = h(
    "div",
    { class: "wb-empty" },
    "Click a thumbnail or a point on the map to look at one image here.",
  );
  const boxes = h("div", { class: "wb-boxes" });
  /** @param {number} by */
  const turn = (by) => ask("turn", { by });
  const back = h("button", { onclick: () => turn(-1) }, "‹");
  const on = h("button", { onclick: () => turn(1) }, "›");
  const place = h("span", { class: "wb-quiet", "aria-live": "polite" });
  const all = h("button", { onclick: () => ask("pages") });
  const pages = h("div", { class: "wb-row wb-pages", hidden: true, role: "group" }, back, place, on, all);
  /** @param {string} part what the file has many of: "page" or "frame" */
  function callPages(part) {
    for (const [button, which, key] of /** @type {const} */ ([
      [back, "Previous", "Page Up"],
      [on, "Next", "Page Down"],
    ])) {
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
      "Use these phrases",
    ),
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
        tag,
      ),
      facts,
    ),
    h("div", { class: "wb-words" }, h("div", { class: "wb-title" }, "In words"), phrases, editor),
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
      // not disabled: a button that is loses the keyboard, and with it Page Up and Page Down
      back.setAttribute("aria-disabled", String(number === 1));
      on.setAttribute("aria-disabled", String(number === count));
    }
    facts.replaceChildren(
      ...answer.facts.flatMap((/** @type {[string, string | string[]]} */ [name, text]) => [
        h("dt", {}, name),
        Array.isArray(text)
          ? h("dd", { class: "wb-chips" }, ...text.map((one) => h("span", { class: "wb-fact" }, one)))
          : h("dd", {}, text),
      ]),
    );
    phrases.replaceChildren(h("span", { class: "wb-quiet" }, "Finding phrases…"));
    const [found] = await ask("phrases", { row: wanted });
    if (found.row !== row() || !found.phrases) return phrases.replaceChildren();
    /** @type {Phrase[]} */
    const told = found.phrases;
    const best = Math.max(...told.map((p) => p.probability), 1e-6);
    phrases.replaceChildren(...told.map((p) => phraseRow(p, best)));
  }

  /** @param {number} value */
  const share = (value) => `${(100 * value).toFixed(3)}%`;
  async function drawBoxes() {
    const wanted = row();
    const [answer] = wanted < 0 ? [{ row: wanted }] : await ask("boxes", { row: wanted });
    if (answer.row !== row()) return;
    /** @type {(x: number, y: number, width: number, height: number) => string} */
    const at = (x, y, width, height) =>
      `left:${share(x)};top:${share(y)};width:${share(width)};height:${share(height)}`;
    const hit = answer.hit
      ? [
          h("i", {
            class: "wb-hitbox",
            title: "What matched",
            style: at(.../** @type {import("./types.js").Box} */ (answer.hit)),
          }),
        ]
      : [];
    boxes.replaceChildren(
      ...hit,
      ...(answer.boxes ?? []).map((/** @type {any} */ box) =>
        h(
          "button",
          {
            class: "wb-box",
            "data-face": box.row,
            "aria-label": `Face of ${box.name || "somebody without a name"}: look at it`,
            style: at(box.x, box.y, box.width, box.height),
            onclick: () => ask("face", { face: box.row }),
          },
          h("span", {}, box.name || "?"),
        ),
      ),
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

export default { render };
