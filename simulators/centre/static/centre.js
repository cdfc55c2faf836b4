// Follows the centre by server-sent events and keeps the page true, its own deafness included.

import { el, list, str } from "./dom.js";
import { drawBooks } from "./books.js";
import { drawMap } from "./map.js";
import { drawNodes, sign } from "./nodes.js";
import { addPassages } from "./passages.js";
import { drawTraffic } from "./traffic.js";
import { alarms, duties, judge, verdict } from "./status.js";
import { age, setNow, tick } from "./words.js";

const MOST_TROUBLES = 9;
const DEAF_MS = 30000; // the centre gives a sign of life every ten seconds
const byId = (id) => document.getElementById(id);

let front = null;
let lastWord = Date.now();
let source = null;

function listen() {
  source?.close();
  source = new EventSource("/api/events");
  const heard = (use) => (event) => {
    lastWord = Date.now();
    use(event);
  };
  source.addEventListener("front", heard((event) => {
    front = JSON.parse(event.data);
    setNow(front.now);
    draw();
  }));
  source.addEventListener("passages", heard((event) => addPassages(JSON.parse(event.data))));
  source.addEventListener("alive", heard((event) => setNow(JSON.parse(event.data).now)));
  source.addEventListener("open", heard(() => draw()));
  source.addEventListener("error", () => draw());
}

function deaf() {
  return source.readyState !== EventSource.OPEN || Date.now() - lastWord > DEAF_MS;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function draw() {
  if (front !== null) {
    const nodes = list(front.books.nodes, 1000);
    setText(byId("org"), ` · ${str(front.org, 64)}`);
    drawNodes(nodes);
    drawMap(nodes);
    drawBooks(front, nodes);
    drawTraffic(front.traffic);
    drawTroubles(nodes);
    drawVerdict(nodes);
  }
  drawLine();
  document.body.classList.toggle("stale", front !== null && (deaf() || !front.centre.connected));
  tick();
}

function drawVerdict(nodes) {
  const [level, words, more] = deaf()
    ? ["bad", "This page hears nothing.", "It has lost contact with the centre: what is shown below is what it last knew."]
    : verdict(front, nodes);
  byId("verdict").className = `verdict ${level}`;
  setText(byId("verdict-words"), words);
  setText(byId("verdict-more"), more);
}

function drawLine() {
  const chip = byId("line");
  const [level, words] = deaf()
    ? ["bad", "centre not reached"]
    : front === null
      ? ["off", "connecting…"]
      : front.centre.connected
        ? ["good", "live"]
        : ["bad", `no broker: ${str(front.centre.fault, 160)}`];
  chip.className = `chip ${level}`;
  chip.title = front?.centre.connected ? `${front.broker}, ${front.centre.protocol}` : "";
  setText(chip, words);
}

let troublesDrawn = "";

function drawTroubles(nodes) {
  const troubles = nodes.flatMap((node) => {
    const status = judge(node);
    if (status.silent && status.level === "bad") {
      const words = status.words === "lost" ? "lost: the broker has lost its connection" : "silent: no word for longer than it promised";
      return [{ node, level: "bad", words, since: node.heard, remedy: "Check its power and its network; what it commits meanwhile it keeps." }];
    }
    if (status.silent) return [];
    return [
      ...duties(node)
        .filter((duty) => duty.level === "bad" || duty.level === "warn")
        .map((duty) => ({ node, level: duty.level, words: `${duty.name} ${str(duty.state)}: ${str(duty.words, 300)}`, remedy: str(duty.remedy, 300) })),
      ...alarms(node)
        .filter((alarm) => alarm.severity !== "info")
        .map((alarm) => ({ node, level: alarm.severity === "critical" ? "bad" : "warn", words: `alarm: ${str(alarm.words, 300)}`, remedy: str(alarm.remedy, 300) })),
    ];
  });
  const ackFault = str(front.centre.ack_fault, 300);
  if (ackFault) troubles.unshift({ node: null, level: "bad", words: ackFault, remedy: "Give the centre's account the right to write dn/#." });
  troubles.sort((a, b) => (a.level === b.level ? 0 : a.level === "bad" ? -1 : 1));
  const words = JSON.stringify(troubles.map(({ node, ...rest }) => [node?.name, rest]));
  if (words === troublesDrawn) return;
  troublesDrawn = words;
  byId("attention").hidden = troubles.length === 0;
  byId("troubles").replaceChildren(
    ...troubles.slice(0, MOST_TROUBLES).map((trouble) =>
      el(
        "li",
        { class: `trouble ${trouble.level}` },
        sign(trouble.level),
        el(
          "div",
          {},
          el(
            "p",
            {},
            trouble.node ? el("a", { href: `#node-${trouble.node.name}` }, trouble.node.name) : el("b", {}, "centre"),
            ` ${trouble.words}`,
            trouble.since ? age(trouble.since, " (last heard ", " ago)") : "",
          ),
          trouble.remedy ? el("p", { class: "remedy" }, el("b", {}, "What to do: "), trouble.remedy) : null,
        ),
      ),
    ),
    ...(troubles.length > MOST_TROUBLES ? [el("li", { class: "note" }, `and ${troubles.length - MOST_TROUBLES} more, with their nodes below`)] : []),
  );
}

listen();
draw();
setInterval(() => {
  draw();
  // A browser gives up on a stream that was answered with an error; the centre may be back.
  if (source.readyState === EventSource.CLOSED) listen();
}, 1000);
