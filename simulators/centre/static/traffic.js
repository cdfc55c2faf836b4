// Draws each lane's last hour by the minute, and how long journeys take between gates.

import { el, list, num, obj, str, svg } from "./dom.js";
import { age, count, some, tick } from "./words.js";

const WIDTH = 240;
const HEIGHT = 34;
const MOST = 60;
const LEVEL = { free: "good", dense: "warn", congested: "bad", standing: "bad", unknown: "off" };
let drawn = "";

export function drawTraffic(traffic) {
  const lanes = list(obj(traffic).lanes, 64);
  const journeys = list(obj(traffic).journeys, 24);
  document.getElementById("traffic").hidden = lanes.length === 0 && journeys.length === 0;
  const words = JSON.stringify([lanes, journeys]);
  if (words === drawn) return;
  drawn = words;
  const rows = document.getElementById("traffic-lanes");
  rows.replaceChildren(...lanes.map(drawLane));
  tick(rows);
  document.getElementById("journeys").replaceChildren(...journeys.map(drawJourney));
}

function drawLane(lane) {
  const minutes = list(lane.minutes, MOST).map(obj);
  const last = minutes[minutes.length - 1] ?? {};
  const flow = str(last.flow, 12) || "unknown";
  const level = LEVEL[flow] ?? "off";
  const standing = lane.standing === null ? null : obj(lane.standing);
  return el(
    "li",
    { class: "lane" },
    el(
      "p",
      { class: "lane-line" },
      el("b", {}, str(lane.node, 48)),
      ` ${str(lane.subject, 60)}`,
      el("span", { class: `badge ${level}` }, flow === "unknown" ? "not seen" : flow),
    ),
    sparkline(minutes),
    el("p", { class: "note" }, figures(last)),
    standing
      ? el("p", { class: "standing" }, standing.queue === "unknown" ? "a stopped vehicle or a queue" : "a stopped vehicle", age(str(standing.since), " for ", ""))
      : null,
  );
}

function figures(last) {
  const seen = num(last.observed_s);
  if (seen === null || seen < 3) return "last minute: not seen";
  const parts = [
    last.few === true ? "fewer than 5 vehicles" : some(num(last.vehicles) ?? 0, "vehicle"),
    num(last.speed_m_s) === null ? "" : `${Math.round(last.speed_m_s * 3.6)} km/h`,
    num(last.headway_s) === null ? "" : `headway ${last.headway_s.toFixed(1)} s`,
    num(last.occupancy_pct) === null ? "" : `${Math.round(last.occupancy_pct)} % occupied`,
    num(last.read_pct) === null ? "" : `${Math.round(last.read_pct)} % of plates read`,
    seen < 55 ? `seen for ${Math.round(seen)} s only` : "",
    last.synced === false ? "clock not set (≈)" : "",
  ];
  return `last minute: ${parts.filter(Boolean).join(" · ")}`;
}

// A minute that was not seen is marked from top to bottom: it is no minute without traffic.
function sparkline(minutes) {
  const most = Math.max(10, ...minutes.map((each) => num(each.vehicles) ?? 0));
  const step = WIDTH / MOST;
  const first = MOST - minutes.length;
  const told = minutes.map((each) => (unseen(each) ? "not seen" : each.few === true ? "1 to 4" : count(num(each.vehicles) ?? 0)));
  return svg(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `vehicles a minute: ${told.slice(-10).join(", ")}` },
    ...minutes.map((each, place) => {
      const blind = unseen(each);
      const few = each.few === true;
      const share = blind ? 1 : few ? 2.5 / most : (num(each.vehicles) ?? 0) / most;
      const height = Math.max(1, share * HEIGHT);
      return svg(
        "rect",
        { class: blind ? "unseen" : few ? "few" : "seen", x: ((first + place) * step).toFixed(2), y: (HEIGHT - height).toFixed(2), width: (step - 1).toFixed(2), height: height.toFixed(2) },
        svg("title", {}, `${str(each.start, 40)}: ${told[place]}`),
      );
    }),
  );
}

function unseen(each) {
  return num(each.vehicles) === null && each.few !== true;
}

function drawJourney(journey) {
  const minutes = (value) => (num(value) === null ? "?" : `${Math.round(value * 10) / 10}`);
  return el(
    "li",
    {},
    el("b", {}, `${str(journey.gate_from, 48)} → ${str(journey.gate_to, 48)}`),
    ` ${minutes(journey.median_min)} min (half between ${minutes(journey.quarter_min)} and ${minutes(journey.three_quarters_min)})`,
    ` · ${some(num(journey.vehicles) ?? 0, "vehicle")} · arrived from ${str(journey.start, 40).slice(11, 16)} UTC`,
  );
}
