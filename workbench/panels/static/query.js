// @ts-check
// Query: a search box with chips for pictures and for further words; plus wants, minus does not.

import { h, options, pictureUrl, setText } from "./dom.js";
import { number } from "./format.js";
import { asker, fill, status } from "./panel.js";
import { chipText, comparisons, shownChips, tellsMore, weightText } from "./query_chips.js";

const LARGEST = 1024; // pixels: a dropped picture is made smaller before it travels to the kernel

const HELP = [
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
  ["a red coat over:persons", "compare each person, not the whole image"],
];

/** @param {FileList | undefined} files the first that is a picture */
const imageIn = (files) => [...(files ?? [])].find((file) => file.type.startsWith("image/"));

/**
 * @param {File} file
 * @returns {Promise<ArrayBuffer>} the picture, as JPEG and not too large where the browser can read it
 */
async function pictureBytes(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  // Python says what is wrong with it, or can read what the browser cannot
  if (!bitmap) return file.arrayBuffer();
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  );
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })).arrayBuffer();
}

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const chips = h("div", { class: "wb-chips", "aria-label": "How the query was understood" });
  const text = h("input", {
    type: "search",
    class: "wb-text",
    "aria-label": "What are you looking for?",
    spellcheck: "false",
    placeholder: "What are you looking for? For example: a cup of coffee -laptop",
  });
  const file = h("input", { type: "file", accept: "image/*", hidden: true });
  const top = h("input", {
    type: "number",
    min: 1,
    step: 10,
    class: "wb-number",
    "aria-label": "Maximum number of hits",
  });
  const least = h("input", { type: "number", step: 1, class: "wb-number", "aria-label": "Minimum score" });
  const unit = h(
    "select",
    { "aria-label": "Kind of limit" },
    h("option", { value: "probability" }, "% sure"),
    h("option", { value: "cosine" }, "cosine"),
    h("option", { value: "fixed", title: "The cosine 0.25 for words, 0.70 for examples" }, "fixed threshold"),
  );
  const over = h("select", {
    "aria-label": "What the query is compared with",
    title: "Compare the query with whole images, or with what was found in them",
  });
  const compare = h("label", { class: "wb-row" }, "Compare", over);
  const answer = h("span", { class: "wb-quiet", role: "status" });
  const more = h("button", { onclick: () => ask("more") }, "Load more");
  const clear = h("button", { onclick: () => ask("clear"), title: "Clear the query and its hits" }, "Clear");
  const help = h(
    "div",
    { class: "wb-help", hidden: true },
    ...HELP.map(([example, meaning]) =>
      h(
        "button",
        { onclick: () => write(example), title: "Add this to the query" },
        h("code", {}, example),
        h("span", {}, meaning),
      ),
    ),
  );
  const question = h(
    "button",
    {
      "aria-expanded": "false",
      title: "Help: what a query can contain",
      onclick: () => {
        help.hidden = !help.hidden;
        question.setAttribute("aria-expanded", String(!help.hidden));
      },
    },
    "?",
  );

  const leastValue = () => (unit.value === "probability" ? Number(least.value) / 100 : Number(least.value));
  const run = () =>
    ask("run", {
      text: text.value,
      k: Math.max(1, Math.round(Number(top.value) || 50)),
      least: leastValue(),
      unit: unit.value,
    });
  /** @param {string} more */
  function write(more) {
    text.value = `${text.value.trimEnd()} ${more}`.trimStart();
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }
  /** @param {File | undefined} chosen */
  async function addFile(chosen) {
    if (chosen) await ask("picture", { text: text.value }, [await pictureBytes(chosen)]);
  }

  /** @param {import("./query_chips.js").PlacedChip} chip */
  function chipNode({ position, ...chip }) {
    const label = chipText(chip);
    const weight = weightText(chip);
    const sign = h(
      "button",
      {
        class: "wb-sign",
        title: chip.plus ? "Included. Click to exclude" : "Excluded. Click to include",
        "aria-label": `${chip.plus ? "Included" : "Excluded"}: ${label}`,
        onclick: () => ask("flip", { position }),
      },
      chip.plus ? "+" : "−",
    );
    const picture = chip.picture && chip.label !== "selection" ? h("img", { alt: chip.label }) : null;
    if (picture)
      ask("thumbnail", { position }).then(([, buffers]) => {
        picture.src = pictureUrl(buffers[0]);
      });
    const quiet = (/** @type {string} */ text) => h("span", { class: "wb-quiet" }, text);
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
        "×",
      ),
    );
  }

  function drawChips() {
    const shown = shownChips(model.get("chips"));
    chips.replaceChildren(...shown.map(chipNode));
    chips.hidden = !tellsMore(shown);
  }

  function drawAnswer() {
    const a = model.get("answer");
    const asked = a.shown != null;
    const beyond = a.beyond == null ? "" : `${number(Math.round(a.beyond))} beyond chance, `;
    const took = a.milliseconds < 10 ? a.milliseconds?.toFixed(1) : Math.round(a.milliseconds);
    answer.title =
      a.beyond == null ? "" : "How many more hits there are than an unrelated query would have here";
    setText(
      answer,
      a.instead
        ? `Shown now: ${number(a.shown)} hits for ${a.instead}`
        : asked
          ? `${number(a.shown)} of ${number(a.passed)} hits, ${beyond}${number(a.of)} images, ${took} ms`
          : "Search in words, drop or paste a picture, or click “≈ like this” on a thumbnail.",
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

  // Whole images, one kind of region, or all of them together; what is written in the box is what counts.
  function drawOver() {
    const kinds = model.get("kinds");
    const asked = model.get("over").join(" "); // Python reads the grammar
    over.replaceChildren(...options(comparisons(kinds, asked)));
    over.value = asked;
    compare.hidden = !kinds.length;
  }
  over.addEventListener("change", () =>
    ask("compare", { text: text.value, kinds: over.value.split(" ").filter(Boolean) }),
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
  // Apart: an answer about the limits must not undo what is being typed.
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
          title: "Search with a picture of your own: choose, drop or paste one",
        },
        "Picture…",
      ),
      file,
      question,
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
      clear,
    ),
    status(model),
  );
  drawChips();
  drawText();
  drawLimits();
  drawAnswer();
}

export default { render };
