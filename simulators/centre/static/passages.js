// Lists passages as they arrive, the newest first, and never more than fit in a page.

import { el, list, num, obj, str } from "./dom.js";
import { countryName, drawPlate } from "./plate.js";
import { age, clock, some, tick } from "./words.js";

const MOST = 60;
let newest = 0;

export function addPassages(found) {
  const box = document.getElementById("passage-list");
  const first = newest === 0;
  for (const each of list(found, 1000)) {
    if (!(num(each.id) > newest)) continue; // a stream that was taken up again repeats itself
    newest = each.id;
    const item = drawPassage(each);
    if (!first) item.classList.add("fresh");
    tick(item);
    box.prepend(item);
  }
  while (box.children.length > MOST) box.lastElementChild.remove();
  document.getElementById("passages-none").hidden = box.children.length > 0;
}

const ALONG = { approaching: "↓ coming nearer", receding: "↑ driving away", steady: "", unknown: "" };
const ACROSS = { left: "← to the left", right: "→ to the right", steady: "", unknown: "" };

function direction(value) {
  if (typeof value === "string") return value;
  const way = obj(value);
  const words = [ALONG[way.along] ?? "", ACROSS[way.across] ?? ""].filter(Boolean);
  return words.join(", ") || "direction unknown";
}

function looks(data) {
  if (data.still === true) return "a single picture, never acted upon";
  const agreeing = num(data.agreeing);
  const frames = num(data.frames);
  if (agreeing === null) return "";
  return frames === null ? `${some(agreeing, "look")} agree` : `${agreeing} of ${some(frames, "look")} agree`;
}

function drawPassage(view) {
  const record = obj(view.record);
  const data = obj(record.data);
  const plate = obj(data.plate);
  const sure = num(plate.confidence);
  const syntax = obj(plate.syntax);
  const time = str(record.time);
  const unset = record.clock === "none";
  const others = list(plate.alternatives, 5).map((each) => [str(list(each)[0], 14), num(list(each)[1])]);
  const facts = [looks(data), sure === null ? "" : `${Math.round(sure * 100)} % sure`].filter(Boolean);
  const doubts = [
    plate.text && syntax.fits === false ? "follows no known format" : "",
    syntax.repaired === true && plate.raw ? `read as ${str(plate.raw, 14)}, set right by its format` : "",
  ].filter(Boolean);
  return el(
    "li",
    { class: "passage", "data-id": view.id },
    drawPlate(plate),
    el("p", { class: "when" }, el("b", { title: unset ? "by a clock that nobody had set" : null }, `${unset ? "≈ " : ""}${clock(time)}`), age(time, " ")),
    el(
      "div",
      { class: "facts" },
      el("p", {}, `${str(view.node, 48)} · ${str(record.subject, 60) || str(data.camera, 60)}`),
      el("p", {}, `${countryName(plate.country)} · ${direction(data.direction)}`),
      el("p", { class: "quiet" }, facts.join(" · ")),
      doubts.length ? el("p", { class: "doubts" }, doubts.join(" · ")) : null,
      !plate.text && plate.hash ? el("p", { class: "quiet" }, "hashed: its purpose does not let the text leave the node") : null,
      others.length && plate.text
        ? el(
            "details",
            {},
            el("summary", {}, "or perhaps"),
            el("p", {}, others.map(([text, chance]) => (chance === null ? text : `${text} ${Math.round(chance * 100)} %`)).join(" · ")),
          )
        : null,
    ),
  );
}
