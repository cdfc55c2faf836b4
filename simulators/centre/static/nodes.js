// Draws each node as a card: its state, its duties and what to do about them, its outbox.

import { el, list, num, obj, str } from "./dom.js";
import { LEVELS, SIGNS, alarms, duties, judge } from "./status.js";
import { age, count, size, some, span, tick } from "./words.js";

const FULL_BYTES = 256 * 1024 * 1024; // room of all classes together on a node as delivered
const cards = new Map(); // by node: the card, and the words it was made of

export function drawNodes(nodes) {
  const box = document.getElementById("node-cards");
  const names = new Set(nodes.map((node) => node.name));
  for (const [name, { card }] of cards) {
    if (!names.has(name)) {
      card.remove();
      cards.delete(name);
    }
  }
  const judged = nodes.map((node) => [node, judge(node)]);
  const rank = ([, status]) => LEVELS.indexOf(status.level);
  judged.sort((a, b) => rank(a) - rank(b)); // the worst first, by name among equals
  judged.forEach(([node, status], place) => {
    const words = JSON.stringify([node, status.level, status.words]);
    let known = cards.get(node.name);
    if (known?.words !== words) {
      const card = drawCard(node, status);
      tick(card);
      known?.card.replaceWith(card);
      known = { card, words };
      cards.set(node.name, known);
    }
    if (box.children[place] !== known.card) box.insertBefore(known.card, box.children[place] ?? null);
  });
  document.getElementById("nodes-none").hidden = nodes.length > 0;
  document.getElementById("nodes-count").textContent = nodes.length ? count(nodes.length) : "";
}

export function sign(level) {
  return el("span", { class: `sign ${level}`, "aria-hidden": "true" }, SIGNS[level]);
}

function drawCard(node, status) {
  const note = str(obj(obj(node.birth).place).note, 80);
  return el(
    "article",
    { class: `node ${status.level}`, id: `node-${node.name}`, "data-level": status.level },
    el(
      "header",
      {},
      sign(status.level),
      el("div", { class: "who" }, el("h3", {}, node.name), note ? el("p", {}, note) : null),
      el("p", { class: `badge ${status.level}` }, status.words),
    ),
    el("p", { class: "heard" }, ...heard(node)),
    el("ul", { class: "duties" }, ...duties(node).map((duty) => drawDuty(duty, status.silent))),
    ...alarms(node).map(drawAlarm),
    ...parts(node),
    drawOutbox(node),
    drawAccount(node),
  );
}

function heard(node) {
  const version = str(obj(obj(node.birth).software).version, 30);
  const said = obj(node.state);
  const words = said.state === "ready" ? "" : str(said.words);
  const unset = obj(obj(node.health).clock).source === "none";
  const spoke =
    node.heard === null
      ? ["not heard by this centre yet; its last words come from the broker's memory"]
      : [age(node.heard, "heard ")];
  return [...spoke, version ? ` · version ${version}` : "", words ? ` · ${words}` : "", unset ? " · its clock is not set (≈)" : ""];
}

function drawDuty(duty, silent) {
  const level = silent ? "off" : duty.level;
  const state = silent ? `${str(duty.state)} when last heard` : str(duty.state);
  const since = !silent && duty.clock === "ntp" && str(duty.since) ? age(duty.since, " for ", "") : "";
  const proof = str(duty.proof) && !silent ? age(duty.proof, "last proof of sight ") : null;
  return el(
    "li",
    { class: `duty ${level}` },
    sign(level),
    el(
      "div",
      {},
      el("p", { class: "duty-line" }, el("b", {}, duty.name), ` ${state}`, since),
      duty.words && duty.level !== "good"
        ? el("p", {}, str(duty.words, 300), duty.reason ? el("code", {}, str(duty.reason, 60)) : null)
        : null,
      duty.remedy && duty.level !== "good"
        ? el("p", { class: "remedy" }, el("b", {}, "What to do: "), str(duty.remedy, 300))
        : null,
      proof ? el("p", { class: "proof" }, proof) : null,
    ),
  );
}

function drawAlarm(alarm) {
  const level = alarm.severity === "critical" ? "bad" : alarm.severity === "warning" ? "warn" : "off";
  return el(
    "div",
    { class: `alarm ${level}` },
    sign(level),
    el(
      "div",
      {},
      el("p", {}, el("b", {}, "Alarm "), str(alarm.words, 300)),
      alarm.remedy ? el("p", { class: "remedy" }, el("b", {}, "What to do: "), str(alarm.remedy, 300)) : null,
    ),
  );
}

// Parts are many and mostly well: only those that are not are named.
function parts(node) {
  return Object.entries(obj(obj(node.health).parts))
    .slice(0, 100)
    .filter(([, part]) => ["fault", "quarantined"].includes(obj(part).state))
    .map(([name, part]) =>
      el(
        "p",
        { class: "part" },
        sign(part.state === "fault" ? "warn" : "bad"),
        el("span", {}, el("b", {}, str(name, 60)), ` ${part.state}: ${str(part.cause, 200)}`),
      ),
    );
}

function drawOutbox(node) {
  const outbox = obj(obj(node.health).outbox);
  const rows = num(outbox.rows);
  const bytes = num(outbox.bytes);
  if (rows === null || bytes === null) return null;
  // On a logarithmic scale, since both a hundred records and a month of them must be seen.
  const share = rows === 0 ? 0 : Math.min(1, Math.log10(1 + bytes / 1000) / Math.log10(1 + FULL_BYTES / 1000));
  const oldestS = num(outbox.oldest_s) ?? 0;
  const level = oldestS > 3600 || share > 0.9 ? "bad" : oldestS > 120 ? "warn" : "good";
  const words = rows === 0 ? "empty: everything is here" : `${some(rows, "record")} wait, ${size(bytes)}, the oldest for ${span(oldestS)}`;
  const bar = el("span", { class: `fill ${level}` });
  bar.style.setProperty("--share", String(share));
  const extra = [
    num(outbox.dropped) ? `${count(outbox.dropped)} dropped` : "",
    num(outbox.parked) ? `${count(outbox.parked)} parked` : "",
  ].filter(Boolean);
  return el(
    "div",
    { class: "outbox" },
    el("p", {}, el("b", {}, "Outbox "), words, extra.length ? el("strong", {}, ` · ${extra.join(" · ")}`) : null),
    el("div", { class: "bar", role: "img", "aria-label": `outbox: ${words}`, title: "logarithmic; the right end is a full store" }, bar),
  );
}

function drawAccount(node) {
  const accounts = list(node.accounts, 50);
  if (!accounts.length) return null;
  const newest = accounts[accounts.length - 1];
  const sum = (name) => accounts.reduce((total, each) => total + (num(each[name]) ?? 0), 0);
  const bad = [
    sum("missing") ? `${count(sum("missing"))} missing` : "",
    sum("quarantined") ? `${count(sum("quarantined"))} set aside` : "",
  ].filter(Boolean);
  return el(
    "p",
    { class: "account" },
    `${some(sum("stored"), "record")} stored`,
    newest.awaited ? ` · ${count(newest.awaited)} awaited` : "",
    bad.length ? el("strong", {}, ` · ${bad.join(" · ")}`) : "",
  );
}
