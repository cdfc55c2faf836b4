// Says numbers, ages and codes the way people do.

import { el } from "./dom.js";

let skewMs = 0; // the centre's clock minus this browser's

export function setNow(text) {
  const now = Date.parse(text);
  if (Number.isFinite(now)) skewMs = now - Date.now();
}

export function ageS(text) {
  const then = Date.parse(text);
  return Number.isFinite(then) ? Math.max(0, (Date.now() + skewMs - then) / 1000) : null;
}

export const count = (n) => Number(n).toLocaleString("en");
export const some = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export function span(seconds) {
  if (seconds < 1.5) return "1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = "B";
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

export function clock(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return "";
  const today = new Date(Date.now() + skewMs).toDateString() === date.toDateString();
  const time = date.toLocaleTimeString("en-GB");
  return today ? time : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}

// An age that goes on ageing: `tick` rewrites all of them once a second.
export function age(text, before = "", after = " ago") {
  return el("time", { class: "age", datetime: text, "data-before": before, "data-after": after });
}

export function tick(root = document) {
  for (const element of root.querySelectorAll("time.age")) {
    const seconds = ageS(element.dateTime);
    const { before, after } = element.dataset;
    const words = seconds === null ? "" : `${before}${span(seconds)}${after}`;
    if (element.textContent !== words) element.textContent = words;
  }
}

export const CAUSES = {
  size: "the node's store was full, the oldest had to go",
  age: "kept on the node as long as they may be",
  refused: "evidence that found no room was never taken",
  parked: "the broker would not take them; they lie aside on the node",
  gone: "the node no longer has them",
  damaged: "the node's store was damaged and begun anew",
  renumbered: "the node's store was begun anew",
};

export const DUTIES = { performing: "performing", degraded: "degraded", blind: "blind" };
