// Judges how a node is, from its own words and from its silence.

import { list, num, obj, str } from "./dom.js";
import { ageS, some } from "./words.js";

const SILENT_S = 90; // for a node that never said how often it reports
const PERIODS = 3; // the contract lets health expire after three

export const LEVELS = ["bad", "warn", "off", "good"];
export const SIGNS = { bad: "✕", warn: "!", off: "–", good: "✓" };

const STATES = {
  ready: ["good", "ready"],
  starting: ["off", "starting"],
  degraded: ["warn", "degraded"],
  safe: ["warn", "in safe mode"],
  maintenance: ["off", "in maintenance"],
  updating: ["off", "updating"],
  disconnected: ["off", "signed off"],
};

export function duties(node) {
  return list(obj(node.duties).duties).map((each) => {
    const duty = obj(each);
    const level = { performing: "good", degraded: "warn", blind: "bad" }[duty.state] ?? "off";
    return { ...duty, name: str(duty.name, 60), level };
  });
}

export function alarms(node) {
  return list(node.alarms)
    .map(obj)
    .filter((alarm) => alarm.state !== "cleared");
}

// How long a node may be silent before its last word is no longer believed.
export function patienceS(node) {
  const periodS = num(obj(node.health).period_s);
  return periodS !== null && periodS > 0 ? PERIODS * periodS : SILENT_S;
}

export function judge(node) {
  const said = str(obj(node.state).state);
  if (said === "lost") return { level: "bad", words: "lost", silent: true };
  const [level, words] = Object.hasOwn(STATES, said) ? STATES[said] : ["off", "not known yet"];
  if (said === "disconnected") return { level, words, silent: true };
  const silentS = node.heard === null ? null : ageS(node.heard);
  if (silentS === null) {
    return { level: "off", words: `${words}, by hearsay`, silent: true };
  }
  if (silentS > patienceS(node)) return { level: "bad", words: "silent", silent: true };
  if (level === "good") {
    const worst = LEVELS.find((each) => duties(node).some((duty) => duty.level === each));
    if (worst === "bad") return { level: "bad", words: "ready, but blind", silent: false };
    if (worst === "warn") return { level: "warn", words: "ready, but degraded", silent: false };
  }
  return { level, words, silent: false };
}

// The one sentence everybody should read.
export function verdict(front, nodes) {
  if (!front.centre.connected) {
    return ["bad", "This centre hears nobody.", "It has no connection to its broker: what is shown below is what it last knew."];
  }
  if (nodes.length === 0) return ["off", "No node has spoken yet.", ""];
  const judged = nodes.map((node) => [node, judge(node)]);
  const gone = judged.filter(([, status]) => status.level === "bad" && status.silent).length;
  const heard = judged.filter(([, status]) => !status.silent).map(([node]) => node);
  const all = heard.flatMap(duties);
  const blind = all.filter((duty) => duty.level === "bad").length;
  const degraded = all.filter((duty) => duty.level === "warn").length;
  const parts = [];
  if (gone) parts.push(`${some(gone, "node")} cannot be heard`);
  if (blind) parts.push(`${some(blind, "duty", "duties")} ${blind === 1 ? "is" : "are"} blind`);
  if (degraded) parts.push(`${some(degraded, "duty", "duties")} ${degraded === 1 ? "is" : "are"} degraded`);
  const performing = all.length - blind - degraded;
  const rest = `${performing} of ${some(all.length, "duty", "duties")} performed; ${heard.length} of ${some(nodes.length, "node")} heard.`;
  if (parts.length) {
    const sentence = parts.join(", ").replace(/, ([^,]*)$/, " and $1");
    return [gone || blind ? "bad" : "warn", `${sentence}.`, rest];
  }
  const resting = judged.filter(([, status]) => status.level === "off" || status.silent).length;
  const warned = judged.some(([, status]) => status.level === "warn");
  if (warned) return ["warn", "All duties are performed, with a node in difficulty.", rest];
  if (heard.length === 0) return ["off", "No node is on watch.", `${some(resting, "node")} known.`];
  if (all.length === 0) return ["off", `${some(heard.length, "node")} heard, no duty among them.`, ""];
  return ["good", "All is well.", rest];
}
