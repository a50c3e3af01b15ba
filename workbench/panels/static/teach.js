// @ts-check
// Teach: the classifiers of a case, questions about single images with their keys, and how good it became.

import { around, focusOn, h, options, part, setText, showPictures, svg } from "./dom.js";
import { foldDetails } from "./folding.js";
import { number, plural } from "./format.js";
import { consume } from "./jupyterlab.js";
import { nodesOf, reach, walk } from "./lazy.js";
import { asker, fill, status } from "./panel.js";
import { working } from "./working.js";

/**
 * @typedef {{ row: number, image: number, name: string, why: string, probability: number | null,
 *   answer: string }} Asked
 */
/**
 * @typedef {{ name: string, over: string, value: number | null, yes: number, no: number,
 *   fits: boolean }} Known
 */
/** @typedef {number | null} Figure */
/** @typedef {{ answers: number, value: Figure, low: Figure, high: Figure, chance: Figure }} Point */

/** @type {Record<string, string>} */
const WHY = { unsure: "not sure", surprising: "surprising", likely: "like the name", other: "any other" };
/** @type {Record<string, string>} what each key answers */
const KEYS = { y: "yes", n: "no", " ": "skip" };
const FIGURE =
  "Average precision on examples that were held back, 0 to 1; unlabelled ones count by their probability";

/** @param {number | null} value */
const figure = (value) => (value == null ? "–" : value.toFixed(2));

/** @param {Point[]} points @param {{ yes: number, no: number }} counts */
function learningCurve(points, counts) {
  const known = points.filter((point) => point.value != null);
  const [width, height, left, bottom] = [300, 150, 30, 22];
  const [first, last] = [known[0]?.answers ?? 0, known.at(-1)?.answers ?? 1];
  const x = (/** @type {number} */ answers) =>
    first === last
      ? (left + width) / 2
      : left + 8 + ((answers - first) / (last - first)) * (width - left - 16);
  const y = (/** @type {number | null} */ value) => (height - bottom) * (1 - (value ?? 0));
  const at = (/** @type {Point} */ point, /** @type {number | null} */ value) =>
    `${x(point.answers).toFixed(1)},${y(value).toFixed(1)}`;
  const band = [
    ...known.map((point) => at(point, point.high)),
    ...known
      .slice()
      .reverse()
      .map((point) => at(point, point.low)),
  ];
  const end = known.at(-1);
  return svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": end
        ? `Average precision ${figure(end.value)}, ${figure(end.low)} to ${figure(end.high)}`
        : `${counts.yes} yes and ${counts.no} no`,
    },
    ...[0, 0.5, 1].flatMap((value) => [
      svg("line", { x1: left, x2: width, y1: y(value), y2: y(value) }),
      svg("text", { x: left - 5, y: y(value) + 4, "text-anchor": "end" }, value.toFixed(1)),
    ]),
    ...(end?.chance == null
      ? []
      : [svg("line", { x1: left, x2: width, y1: y(end.chance), y2: y(end.chance), class: "wb-chance" })]),
    ...(known.length > 1
      ? [
          svg("polygon", { points: band.join(" "), class: "wb-band" }),
          svg("polyline", {
            points: known.map((point) => at(point, point.value)).join(" "),
            class: "wb-line",
          }),
        ]
      : known.map((point) =>
          svg("line", {
            x1: x(point.answers),
            x2: x(point.answers),
            y1: y(point.low),
            y2: y(point.high),
            class: "wb-line",
          }),
        )),
    ...known.map((point) => svg("circle", { cx: x(point.answers), cy: y(point.value), r: 3 })),
    ...(known.length
      ? [
          svg("text", { x: x(first), y: height - 6, "text-anchor": "middle" }, String(first)),
          ...(first === last
            ? []
            : [svg("text", { x: x(last), y: height - 6, "text-anchor": "end" }, `${last} answers`)]),
        ]
      : []),
  );
}

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  let shown = "";
  let naming = "";

  // -- which classifier ----------------------------------------------------------------------------------

  const name = h("input", {
    class: "wb-name-box",
    placeholder: "What to look for, such as weapon",
    "aria-label": "Name of the classifier",
    maxlength: 120,
    oninput: drawForm,
  });
  const over = h("select", { "aria-label": "Kind of samples", title: "What is judged" });
  const begin = h("button", { class: "wb-main" }, "Teach");
  const form = h(
    "form",
    {
      class: "wb-row",
      "aria-label": "A classifier",
      onsubmit: (event) => {
        event.preventDefault();
        if (name.value.trim()) ask("begin", { name: name.value, over: over.value || "image" });
      },
    },
    name,
    over,
    begin,
  );
  const list = h("div", { class: "wb-table" });
  const empty = h(
    "p",
    { class: "wb-quiet" },
    "Name something and answer which images show it: a classifier learns from your answers, and all images " +
      "get a score. Nothing is trained before.",
  );

  function drawForm() {
    begin.disabled = !name.value.trim();
  }
  /** @param {Known} one */
  const line = (one) =>
    h(
      "tr",
      { "data-classifier": one.name },
      h(
        "td",
        {},
        naming === one.name
          ? h("input", {
              class: "wb-name-box wb-rename",
              value: one.name,
              maxlength: 120,
              "aria-label": `New name of ${one.name}`,
              onkeydown: (event) => {
                if (event.key === "Escape") endNaming();
                else if (event.key === "Enter") {
                  const to = /** @type {HTMLInputElement} */ (event.currentTarget).value;
                  endNaming();
                  if (to.trim() && to !== one.name) ask("rename", { name: one.name, to });
                } else return;
                consume(event);
              },
              onblur: endNaming,
            })
          : h(
              "button",
              {
                class: "wb-link",
                title: one.fits
                  ? "Teach it on"
                  : "It was trained on vectors of another model: train it again",
                onclick: () => ask("begin", { name: one.name, over: one.over }),
              },
              one.name,
            ),
      ),
      cell("judges", one.over),
      cell("yes / no", `${number(one.yes)} / ${number(one.no)}`),
      cell("average precision", one.fits ? figure(one.value) : "other model"),
      h(
        "td",
        {},
        h(
          "span",
          { class: "wb-group" },
          act("Colour", `Colour the map by ${one.name}`, one, () => ask("colour", { name: one.name })),
          act("Select", `Select the images that ${one.name} says yes to`, one, () =>
            ask("select", { name: one.name }),
          ),
          act("✎", `Rename ${one.name}`, null, () => {
            naming = one.name;
            drawList();
            focusOn(list.querySelector(".wb-rename"));
          }),
          act("✕", `Delete ${one.name} and its answers`, null, () => ask("remove", { name: one.name })),
        ),
      ),
    );
  /** @param {string} label @param {string} text */
  const cell = (label, text) => h("td", { "data-label": label }, text);
  /** @param {string} text @param {string} title @param {Known | null} one @param {() => unknown} on */
  const act = (text, title, one, on) =>
    h("button", { title, "aria-label": title, onclick: on, disabled: one !== null && !one.fits }, text);

  function endNaming() {
    if (!naming) return;
    naming = "";
    drawList();
  }
  function drawList() {
    /** @type {Known[]} */
    const known = model.get("known");
    const heads = ["classifier", "judges", "yes / no", "average precision", ""];
    list.hidden = !known.length;
    list.replaceChildren(
      h(
        "table",
        {},
        h("tr", {}, ...heads.map((text) => h("th", { title: text === heads[3] ? FIGURE : null }, text))),
        ...known.map(line),
      ),
    );
    over.replaceChildren(
      ...options(model.get("kinds").map((/** @type {string} */ kind) => [kind, `over ${kind}`])),
    );
    over.value = model.get("over");
    over.hidden = model.get("kinds").length < 2;
  }

  // -- which of these? -----------------------------------------------------------------------------------

  const question = h("strong");
  const undo = h("button", { title: "Take the last answer back (U)", onclick: () => ask("undo") }, "Undo");
  const train = h(
    "button",
    { title: "Train on the answers so far and ask on", onclick: () => ask("train") },
    "Learn now",
  );
  const stop = h(
    "button",
    { title: "Ask no more; all answers are kept", onclick: () => ask("stop") },
    "Close",
  );
  const right = h(
    "button",
    {
      title: "Take what is selected on the desk as examples of yes",
      onclick: () => ask("examples", { answer: true }),
    },
    "",
  );
  const wrong = h(
    "button",
    {
      title: "Take what is selected on the desk as examples of no",
      onclick: () => ask("examples", { answer: false }),
    },
    "",
  );
  const grid = h("div", { class: "wb-asked", role: "group", "aria-label": "Images to judge" });
  const learnt = h("div", { class: "wb-learnt" });
  const desk = h(
    "div",
    {},
    h("div", { class: "wb-row" }, question, h("span", { class: "wb-space" }), undo, train, stop),
    h("p", { class: "wb-quiet wb-keys" }, "Y yes · N no · Space skip · U undo · arrows move"),
    h("div", { class: "wb-teach-desk" }, grid, learnt),
  );

  /** @type {Map<number, string>} answers that Python has not taken yet: older ones do not undo them */
  const pending = new Map();
  /** @returns {Asked[]} */
  const items = () => model.get("items");
  /** @param {HTMLElement} node @param {string} answer */
  async function judge(node, answer) {
    const row = Number(node.dataset.key);
    node.dataset.answer = answer;
    pending.set(row, answer);
    reach(grid, nodesOf(grid).find((other) => !other.dataset.answer) ?? node);
    await ask("judge", { row, answer });
    if (pending.get(row) === answer) pending.delete(row);
    drawItems();
  }
  /** @param {Asked} item */
  function card(item) {
    const choice = (/** @type {string} */ answer, /** @type {string} */ text, /** @type {string} */ key) =>
      h(
        "button",
        {
          tabindex: "-1",
          title: `${text} (${key})`,
          "data-answer": answer,
          onclick: () => judge(node, answer),
        },
        text,
      );
    /** @type {HTMLElement} */
    const node = h(
      "div",
      {
        class: "wb-ask",
        role: "group",
        tabindex: "-1",
        "data-key": item.row,
        "data-answer": item.answer,
        "aria-label": `${item.name}, ${WHY[item.why] ?? item.why}: Y, N or Space`,
      },
      h("img", { alt: item.name, title: item.name, onclick: () => ask("focus", { image: item.image }) }),
      h(
        "div",
        { class: "wb-why" },
        h("span", {}, WHY[item.why] ?? item.why),
        h(
          "span",
          { title: "How sure the classifier is of yes" },
          item.probability == null ? "" : item.probability.toFixed(2),
        ),
      ),
      h(
        "span",
        { class: "wb-group" },
        choice("yes", "Yes", "Y"),
        choice("no", "No", "N"),
        choice("skip", "Skip", "Space"),
      ),
    );
    return node;
  }
  grid.addEventListener("keydown", (event) => {
    const node = around(event, ".wb-ask");
    const key = event.key.toLowerCase();
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "u") ask("undo");
    else if (key in KEYS && event.target === node) judge(node, KEYS[key]);
    else if (!walk(event, grid)) return;
    consume(event);
  });

  async function drawItems() {
    const now = items();
    const rows = now.map((item) => item.row);
    if (shown !== String(rows)) {
      const held = grid.contains(document.activeElement);
      shown = String(rows);
      grid.replaceChildren(...now.map(card));
      const nodes = nodesOf(grid);
      nodes[0]?.setAttribute("tabindex", "0");
      if (held) reach(grid, nodes[0]);
      if (rows.length) {
        const [, buffers] = await ask("pictures", { rows });
        if (shown === String(rows)) showPictures([...grid.querySelectorAll("img")], buffers);
      }
    }
    for (const node of nodesOf(grid)) {
      const row = Number(node.dataset.key);
      const answer = pending.get(row) ?? items().find((item) => item.row === row)?.answer ?? "";
      node.dataset.answer = answer;
      for (const choice of node.querySelectorAll("button"))
        choice.setAttribute("aria-pressed", String(choice.dataset.answer === answer));
    }
  }

  function drawLearnt() {
    const counts = model.get("counts");
    /** @type {Point[]} */
    const curve = model.get("curve");
    const last = curve.at(-1);
    const advice = h("p", { class: `wb-advice${model.get("enough") ? " wb-enough" : ""}`, role: "status" });
    setText(advice, model.get("advice"));
    learnt.replaceChildren(
      ...(last
        ? [
            h(
              "p",
              { title: FIGURE },
              "Average precision ",
              h("strong", {}, figure(last.value)),
              last.value == null ? "" : ` (${figure(last.low)} to ${figure(last.high)})`,
            ),
            learningCurve(curve, counts),
          ]
        : []),
      advice,
      h(
        "div",
        { class: "wb-row" },
        h(
          "button",
          {
            disabled: !model.get("ready"),
            title: "Colour the map by its scores",
            onclick: () => ask("colour"),
          },
          "Colour the map",
        ),
        h(
          "button",
          {
            disabled: !model.get("ready"),
            title: "Select the images it says yes to",
            onclick: () => ask("select"),
          },
          "Select its yes",
        ),
      ),
      h("div", { class: "wb-row" }, right, wrong),
    );
  }

  function draw() {
    const taught = model.get("name");
    desk.hidden = !taught;
    empty.hidden = taught || model.get("known").length > 0;
    if (!taught) {
      shown = "";
      grid.replaceChildren();
      return;
    }
    const { yes = 0, no = 0 } = model.get("counts");
    setText(
      question,
      items().length ? `Which of these: ${taught}?` : `${taught}: nothing is left to ask about`,
    );
    setText(
      keys,
      `${plural(yes, "", "")} yes, ${plural(no, "", "")} no · keys: Y yes, N no, Space skip, U undo, arrows`,
    );
    undo.disabled = !model.get("undoable");
    train.disabled = yes < 2;
    const count = model.get("selected");
    right.hidden = wrong.hidden = !count;
    setText(right, `Selected ${number(count)}: yes`);
    setText(wrong, `Selected ${number(count)}: no`);
    drawLearnt();
    drawItems();
  }
  const keys = part(desk, ".wb-keys");

  model.on("change:known change:kinds change:over", drawList);
  model.on(
    "change:name change:known change:items change:curve change:counts change:advice change:enough " +
      "change:undoable change:ready change:selected",
    draw,
  );
  fill(
    el,
    "wb-teach",
    foldDetails(
      model,
      (open) => ask("unfold", { unfolded: open }),
      [
        "Teach a classifier",
        h(
          "span",
          { class: "wb-quiet wb-light" },
          "Say of some images whether they show it; the rest is judged by them",
        ),
      ],
      h("div", { class: "wb-teach-in" }, form, empty, list, working(model, ask), desk, status(model)),
    ),
  );
  drawForm();
  drawList();
  draw();
}

export default { render };
