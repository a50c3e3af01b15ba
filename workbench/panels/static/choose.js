// @ts-check
// Choose: a box that finds a person by name, for moving faces; the arrow keys walk the list, Enter takes,
// Escape leaves.

import { h } from "./dom.js";
import { number } from "./format.js";
import { nodesOf } from "./lazy.js";

/**
 * @param {object} panel
 * @param {import("./types.js").Ask} panel.ask
 * @param {import("./face_parts.js").Crop} panel.crop
 * @param {(identity: string | null, name: string) => void} panel.choose called with a person, or with the
 *   name of a new one
 * @param {() => string} panel.open the person that is open now
 */
export function chooser({ ask, crop, choose, open }) {
  const id = `wb-${Math.random().toString(36).slice(2)}`;
  const input = h("input", {
    class: "wb-to",
    placeholder: "Move to … (V)",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": id,
    "aria-label": "Move the ticked faces to",
    spellcheck: "false",
  });
  const list = h("div", { class: "wb-options", role: "listbox", id, hidden: true });
  let at = 0;
  let run = 0;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  /** @param {HTMLElement | undefined} option */
  function take(option) {
    if (!option) return;
    choose(option.dataset.identity || null, option.dataset.name ?? "");
    input.value = "";
    close();
    input.blur();
  }
  function mark() {
    nodesOf(list).forEach((node, i) => {
      node.setAttribute("aria-selected", String(i === at));
    });
    input.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }
  /** @type {(i: number, attributes: object, ...children: import("./types.js").Child[]) => HTMLElement} */
  const option = (i, attributes, ...children) =>
    h(
      "div",
      {
        role: "option",
        class: "wb-option",
        id: `${id}-${i}`,
        ...attributes,
        onmousedown: (event) => {
          event.preventDefault();
          take(event.currentTarget);
        },
      },
      ...children,
    );

  async function find() {
    const mine = ++run;
    const text = input.value.trim();
    const [answer] = await ask("people", { text, count: 8 });
    if (mine !== run || document.activeElement !== input) return;
    /** @type {{ identity: string, name: string, rows: number[], faces: number }[]} */
    const all = answer.items;
    const items = all.filter((item) => item.identity !== open());
    const same = text && all.some((item) => item.name.toLowerCase() === text.toLowerCase());
    const fresh = option(
      99,
      { "data-name": text },
      h("span", { class: "wb-plus-sign" }, "+"),
      text ? `New person “${text}”` : "New person",
    );
    const found = items.map((item, i) =>
      option(
        i,
        { "data-identity": item.identity, "data-name": item.name },
        crop(item.rows[0], ""),
        h("span", { class: "wb-grow" }, item.name || "without a name"),
        h("span", { class: "wb-quiet" }, number(item.faces)),
      ),
    );
    list.replaceChildren(...(same ? found : text ? [...found, fresh] : [fresh, ...found]));
    at = 0;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark();
  }

  input.addEventListener("focus", find);
  input.addEventListener("input", find);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      at = Math.min(Math.max(at + step, 0), list.children.length - 1);
      mark();
    } else if (event.key === "Enter") take(nodesOf(list)[at]);
    else if (event.key === "Escape") {
      input.value = "";
      input.blur();
    } else return;
    event.preventDefault();
  });
  return { node: h("div", { class: "wb-choose" }, input, list), input };
}
