// Shows the centre's sums, and in red what is missing and what was set aside, with the cause.

import { el, list, num, str } from "./dom.js";
import { sign } from "./nodes.js";
import { CAUSES, age, count, some, tick } from "./words.js";

const SHOWN = 8;
let drawn = "";

export function drawBooks(front, nodes) {
  const accounts = nodes.flatMap((node) => list(node.accounts, 50));
  const newest = nodes.map((node) => list(node.accounts, 50).at(-1)).filter(Boolean);
  const sum = (from, name) => from.reduce((total, each) => total + (num(each[name]) ?? 0), 0);
  const sums = {
    stored: sum(accounts, "stored"),
    again: sum(accounts, "duplicates"),
    awaited: sum(newest, "awaited"),
    missing: sum(accounts, "missing"),
    aside: num(front.books.refused_count) ?? 0,
  };
  const words = JSON.stringify([sums, front.books.gaps, front.books.refused]);
  if (words === drawn) return;
  drawn = words;
  document.getElementById("books-words").textContent =
    "Every record a node commits gets a number. Each number is stored here once, or its absence is explained.";
  document.getElementById("sums").replaceChildren(
    figure(sums.stored, "stored", "good"),
    figure(sums.awaited, "awaited", sums.awaited ? "warn" : "off", "known to exist, not here yet; the nodes are asked for them"),
    figure(sums.missing, "missing", sums.missing ? "bad" : "off", "a node said that they will never come, and why"),
    figure(sums.aside, "set aside", sums.aside ? "bad" : "off", "came, but are not valid records"),
    figure(sums.again, "sent again", "off", "duplicates, stored once"),
  );
  const box = document.getElementById("faults");
  box.replaceChildren(
    ...faults("Missing", front.books.gaps, gap),
    ...faults("Set aside", front.books.refused, refused),
  );
  tick(box);
}

function figure(value, name, level, title = "") {
  return el("p", { class: `figure ${level}`, title }, el("b", {}, count(value)), name);
}

function faults(title, found, draw) {
  const all = list(found);
  if (!all.length) return [];
  const more = all.length > SHOWN ? `and ${all.length - SHOWN} more, under /api/${title === "Missing" ? "gaps" : "refused"}` : "";
  return [
    el("h3", {}, title),
    el("ul", { class: "faults" }, ...all.slice(0, SHOWN).map(draw)),
    more ? el("p", { class: "note" }, more) : "",
  ];
}

function gap(each) {
  const cause = Object.hasOwn(CAUSES, each.cause) ? CAUSES[each.cause] : str(each.cause, 60);
  const range = each.first === each.last ? `number ${count(each.first)}` : `numbers ${count(each.first)} to ${count(each.last)}`;
  return el(
    "li",
    { class: "fault bad" },
    sign("bad"),
    el(
      "div",
      {},
      el("p", {}, el("b", {}, `${str(each.node, 48)}: ${some(each.missing, `${str(each.dclass, 20)} record`)} missing`), age(each.received, ", ")),
      el("p", {}, cause, str(each.words) ? ` (${str(each.words)})` : "", ` · ${range} of epoch ${each.epoch}`),
    ),
  );
}

function refused(each) {
  const key = each.sequence === null ? "without a number" : `number ${count(each.sequence)} of epoch ${each.epoch}`;
  return el(
    "li",
    { class: "fault bad" },
    sign("bad"),
    el(
      "div",
      {},
      el("p", {}, el("b", {}, `${str(each.node, 48) || "unknown sender"}: ${key}`), age(each.received, ", "), each.times > 1 ? ` · ${count(each.times)} times` : ""),
      el("p", {}, str(each.reason, 300)),
    ),
  );
}
