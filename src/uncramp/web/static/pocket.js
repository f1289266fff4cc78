// Decides on the phone as core/ decides on the server: the same rules and walks, which a pack brings along, with
// every word, name and number in it (see actions/pocket.py). tests/conformance holds the two against each other.
(() => {
  "use strict";

  const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  const saysSomething = (value) => value !== undefined && value !== false && value.length !== 0;

  // ---- facts: true, false, or null for unknown (core/facts.py) ----

  // What the person said, made to agree with itself, and the truth of every rule over it.
  function stated(pack, answers) {
    const { facts, signs, thresholds, stage } = pack;
    const said = new Map(Object.keys(facts).filter((id) => id in answers).map((id) => [id, answers[id]]));
    const known = new Map();
    const open = new Map();

    function truth(rule) {
      if (typeof rule === "string") {
        if (!known.has(rule)) known.set(rule, find(rule));
        return known.get(rule);
      }
      const decides = "any_of" in rule;
      let found = !decides;
      for (const part of rule.any_of || rule.all_of) {
        const value = truth(part);
        if (value === decides) return decides;
        if (value === null) found = null;
      }
      return found;
    }

    function find(name) {
      if (signs[name]) return truth(signs[name]);
      if (thresholds[name]) return crossed(thresholds[name]);
      const [id, choice] = name.split(":");
      const answer = id === "stage" ? stageNow() ?? undefined : said.get(id);
      if (answer === undefined || typeof answer === "boolean") return answer ?? null;
      return Array.isArray(answer) ? answer.includes(choice) : answer === choice;
    }

    // A number missing under a true parent counts as its worst case: its thresholds hold.
    function crossed({ fact, at_least, below }) {
      const value = said.get(fact);
      if (value !== undefined) return at_least === undefined ? value < below : value >= at_least;
      const { only_if, worst_case_if_missing } = facts[fact];
      const parent = only_if === undefined ? null : truth(only_if);
      return parent === false || worst_case_if_missing !== false ? parent : null;
    }

    function stageNow() {
      const first = stage.first.find(([, rule]) => truth(rule));
      if (first) return first[0];
      const asked = truth(stage.asked);
      return asked === null ? null : asked ? stage.yes : stage.no;
    }

    const notes = [];
    for (const [id, fact] of Object.entries(facts)) {
      const parent = facts[fact.only_if];
      if (!parent || fact.implies_parent === false || !saysSomething(said.get(id))) continue;
      if (said.get(fact.only_if) === false) {
        notes.push(fill(pack.says.denied, { parent: parent.question, answered: fact.question }));
      }
      said.set(fact.only_if, true);
    }
    const denied = (id) => facts[id].only_if !== undefined && truth(facts[id].only_if) === false;
    for (const id of Object.keys(facts)) {
      if (!facts[id].kind && !said.has(id) && denied(id)) said.set(id, false);
    }
    known.clear();

    const contradictions = (beside) => pack.contradictions
      .filter((c) => c.beside_red_flag === beside && c.facts.every((id) => said.get(id) === true))
      .map((c) => c.say);
    notes.push(...contradictions(false));

    const factOf = (name) => {
      const [id] = name.split(":");
      return id === "stage" ? stage.fact : thresholds[name]?.fact ?? id;
    };

    // The unanswered facts whose answer could still make the rule true, a parent before its child.
    function openFacts(rule) {
      if (truth(rule) !== null) return new Set();
      if (typeof rule !== "string") {
        return new Set((rule.any_of || rule.all_of).flatMap((part) => [...openFacts(part)]));
      }
      if (!open.has(rule)) open.set(rule, signs[rule] ? openFacts(signs[rule]) : asks(factOf(rule)));
      return open.get(rule);
    }

    function asks(id) {
      const parent = facts[id].only_if;
      return parent !== undefined && truth(parent) === null ? openFacts(parent) : new Set([id]);
    }

    // The facts that make the rule true.
    function because(rule) {
      if (!truth(rule)) return [];
      if (typeof rule !== "string") return (rule.any_of || rule.all_of).flatMap(because);
      if (signs[rule]) return because(signs[rule]);
      return said.has(factOf(rule)) ? [factOf(rule)] : [];
    }

    const inOrder = (ids) => Object.keys(facts).filter((id) => ids.has(id));
    return {
      said, notes, truth, contradictions, openFacts, inOrder,
      stage: () => stageNow() ?? stage.unknown,
      partlyOpen: (rule) => Boolean(rule.any_of?.some((part) => truth(part) === null)),
      because: (rule) => inOrder(new Set(because(rule))),
      unknown: () => Object.keys(facts).filter((id) => !said.has(id) && !denied(id)),
    };
  }

  // ---- how soon somebody should look at it (core/triage.py) ----

  // What is told now, over what was told earlier; an unknown answer changes nothing.
  const told = (earlier, now) =>
    ({ ...earlier, ...Object.fromEntries(Object.entries(now).filter(([, value]) => value !== null && value !== undefined)) });

  function judge(pack, answers, unrecognised = 0) {
    const count = unrecognised + (pack.unrecognised || 0);
    const given = told(pack.answers, answers);
    const denied = (id) => given[id] === false || Boolean(pack.not_asked?.includes(id));
    const kept = { ...given };
    for (const id of Object.keys(kept)) {
      const group = pack.groups[pack.facts[id]?.group];
      if (count && kept[id] === false && group?.doubted) delete kept[id];
    }
    const person = stated(pack, kept);
    const open = pack.red_flags.filter((flag) => person.truth(flag.rule) === null);
    const all = pack.red_flags.filter((flag) => person.truth(flag.rule)).sort((a, b) => b.level - a.level);
    const worrying = all.filter((flag) => flag.disposition > 0);
    const raised = worrying.length ? worrying : all;
    const { disposition, within, level } = raised[0] || { disposition: 0, within: null, level: 0 };
    const couldBe = Math.max(disposition, ...open.map((flag) => flag.disposition));
    const named = new Set(raised.map((flag) => flag.look_alike));
    const { said } = person;
    const lists = person.truth(pack.listed.unless) === false && person.truth(pack.listed.if);
    const found = {
      disposition: pack.dispositions[disposition],
      within,
      settled: couldBe === disposition,
      could_be: pack.dispositions[couldBe],
      stage: person.stage(),
      reasons: raised.map((flag) => ({ red_flag: flag.id, because: person.because(flag.rule) })),
      look_alikes: pack.look_alikes.filter((x) => named.has(x.id) || person.truth(x.rule)).map((x) => x.id),
      remedies: Object.fromEntries(
        Object.entries(pack.remedies).map(([id, remedy]) => [id, verdict(pack, id, remedy, raised, open, person)])),
      ask_next: askNext(open, level, person).filter((id) => !denied(id)),
      unknown_facts: person.unknown(),
      notes: [
        ...person.notes, ...(disposition ? person.contradictions(true) : []), ...(count ? [pack.says.unrecognised] : []),
      ],
      clot_items: Object.fromEntries(
        lists ? pack.listed.items.filter((id) => said.has(id)).map((id) => [id, said.get(id)]) : []),
    };
    return { found, person };
  }

  const check = (pack, answers, unrecognised) => judge(pack, answers, unrecognised).found;

  // The unanswered facts that could still change the answer, the most urgent first.
  function askNext(open, level, person) {
    const most = new Map();
    for (const flag of open.filter((f) => f.level > level).sort((a, b) => b.level - a.level)) {
      for (const id of person.openFacts(flag.rule)) if (!most.has(id)) most.set(id, flag.level);
    }
    return person.inOrder(most).sort((a, b) => most.get(b) - most.get(a));
  }

  // The next group to ask and its facts that matter, but for those in `passed`; null when nothing is left.
  function nextScreen(pack, found, passed = []) {
    const wanted = found.ask_next.filter((id) => !passed.includes(id));
    if (!wanted.length) return null;
    const { group } = pack.facts[wanted[0]];
    const { fact } = pack.stage;
    if (found.unknown_facts.includes(fact) && !passed.includes(fact)) wanted.push(fact);
    const here = (id) => wanted.includes(id) && pack.facts[id].group === group;
    return { group, facts: Object.keys(pack.facts).filter(here) };
  }

  // ---- what may be shown of each remedy (core/safety.py) ----

  function verdict(pack, id, remedy, raised, open, person) {
    const reasons = [];
    const add = (number, words, known) => reasons.push({ words, verdict: number, known });
    for (const rule of remedy.rules) {
      const value = person.truth(rule.rule);
      if (value) add(rule.verdict, rule.because, true);
      const unsure = value ? rule.when_unknown > rule.verdict && person.partlyOpen(rule.rule) : value === null;
      if (unsure && rule.when_unknown) add(rule.when_unknown, rule.words, false);
    }
    const strictest = pack.verdicts.length - 1;
    for (const flag of raised) {
      if (flag.withholds.includes(id)) add(strictest, fill(pack.says.withheld, flag), true);
    }
    const signs = new Set(open.filter((flag) => flag.withholds.includes(id)).map((flag) => flag.short));
    if (signs.size && remedy.when_unknown) {
      add(remedy.when_unknown, fill(pack.says.signs, { names: [...signs].join(", ") }), false);
    }
    const most = Math.max(0, ...reasons.map((reason) => reason.verdict));
    const told = most === strictest ? reasons.filter((reason) => reason.verdict === most) : reasons;
    const because = [...new Map(told.map((reason) => [reason.words, reason])).values()];
    const named = (number) => pack.verdicts[number];
    return { verdict: named(most), because: because.map((b) => ({ ...b, verdict: named(b.verdict) })) };
  }

  // In short words, what is not known of this person and would forbid or change the remedy.
  function notIf(pack, id, { found, person }) {
    const rules = pack.remedies[id].rules.filter((rule) => rule.when_unknown);
    const open = new Set(rules.flatMap((rule) => [...person.openFacts(rule.rule)]));
    const [signs] = pack.says.signs.split("{");
    const because = found.remedies[id].because.filter((b) => !b.known && b.words.startsWith(signs));
    return [...person.inOrder(open).map((fact) => pack.facts[fact].short), ...because.map((b) => b.words)];
  }

  // ---- where a walk stands (core/walk.py); times are seconds since 1970 ----

  const cache = new WeakMap();
  function judgeOnce(pack, facts) {
    if (!cache.has(pack)) cache.set(pack, new Map());
    const key = JSON.stringify(facts);
    if (!cache.get(pack).has(key)) cache.get(pack).set(key, judge(pack, facts));
    return cache.get(pack).get(key);
  }

  // `told` is {protocol, start, facts, order, bout, cramped}, an answer {choice, at, marks}. Throws a RangeError for an
  // answer that was not offered.
  function position(pack, told, answers, now) {
    const { technique, end, last, release, cramping, minutes, times_back } = pack.walk;
    const { protocol: place, start, order = [], bout = 1, cramped = 0 } = told;
    const { techniques, states, steps, first } = pack.protocols[place];
    const facts = { ...told.facts, ...states, [cramping]: true, [times_back]: bout - 1 };
    const left = [...new Set([...order.filter((name) => techniques.includes(name)), ...techniques])];
    const used = [];
    let at, since, released = null;

    const stepOf = (id) => steps[id] || pack.steps[id];
    const seconds = (when) => Math.max(0, (released ?? when) - start);
    const judged = (when) => judgeOnce(pack, { ...facts, [minutes]: Math.floor((cramped + seconds(when)) / 60) });
    const allows = (when) => (id) => judged(when).found.remedies[id].verdict !== pack.verdicts.at(-1);
    const needs = (id) => stepOf(id).remedies || [];
    const offers = (choice, when) => !choice.remedy || allows(when)(choice.remedy);

    function mayBeShown(when) {
      const gated = (stepOf(at).choices || []).filter((choice) => choice.remedy);
      return needs(at).every(allows(when)) && (!gated.length || gated.some((choice) => offers(choice, when)));
    }

    function go(to, when) {
      at = to === technique ? left.shift() ?? last : to === end ? last : to;
      if (!mayBeShown(when)) return go(stepOf(at).otherwise, when);
      since = when;
      if (stepOf(at).cramping && techniques.includes(at)) used.push([at, when, null]);
    }

    function choices(when) {
      const more = left.some((name) => needs(name).every(allows(when)));
      return (stepOf(at).choices || []).filter((c) => offers(c, when) && (c.to !== technique || more));
    }

    function take({ choice: id, at: when, marks = [] }) {
      const choice = choices(when).find((c) => c.id === id);
      if (!choice) throw new RangeError(`${id} is no answer to ${at} in ${place}`);
      Object.assign(facts, choice.facts);
      for (const mark of stepOf(at).marks || []) facts[mark] = marks.includes(mark);
      if (id === release && released === null) {
        released = when;
        facts[cramping] = false;
      }
      if (used.length) used.at(-1)[2] ??= when;
      go(choice.to, when);
    }

    go(first, start);
    answers.forEach(take);
    const here = judged(now);
    const { prompts = [], prompt_every: every = 0 } = stepOf(at);
    const due = every && now - since >= every ? Math.floor((now - since) / every) : 0;
    return {
      step: at,
      choices: at === last ? [] : choices(now).map((choice) => choice.id),
      remedies: needs(at).map((id) => ({ id, ...here.found.remedies[id], not_if: notIf(pack, id, here) })),
      check: here.found,
      ended: at === last,
      since,
      released,
      technique: used.at(-1)?.[0] ?? null,
      used,
      bout_s: seconds(now),
      cramped_s: cramped + seconds(now),
      prompt: prompts.length && due ? prompts[(due - 1) % prompts.length] : "",
    };
  }

  const iso = (at) => new Date(Math.floor(Math.round(at * 1e6) / 1000)).toISOString();

  // One seizing as it stands in an Episode.
  const bout = (told, answers, there) => ({
    start: iso(told.start),
    end: there.released === null ? null : iso(there.released),
    released: there.released !== null,
    technique: there.released === null ? null : there.technique,
    techniques: there.used.map(([id, start, end]) => ({ id, start: iso(start), end: end === null ? null : iso(end) })),
    answers: answers.map(({ choice, at, marks = [] }) => ({ id: choice, at: iso(at), marks })),
  });

  // The facts that were on a list to tick and were answered by it.
  const ticked = (pack, told, answers) => Object.assign({}, ...answers.map(({ at, marks = [] }, number) => {
    const { step } = position(pack, told, answers.slice(0, number), at);
    const asked = (pack.protocols[told.protocol].steps[step] || pack.steps[step]).marks || [];
    return Object.fromEntries(asked.map((fact) => [fact, marks.includes(fact)]));
  }));

  // ---- the diary ----

  // The date a moment belongs to, where it is `offset` minutes ahead of UTC: the day changes at 04:00.
  const diaryDay = (at, offset) =>
    new Date(Date.parse(at) + (offset - 4 * 60) * 60 * 1000).toISOString().slice(0, 10);

  // The newest version of each entry (diary/versions.py).
  function newest(entries) {
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    const replaced = new Set(entries.map((entry) => entry.replaces));
    const families = new Map();
    for (const entry of byId.values()) {
      const first = root(entry, byId);
      families.set(first, [...(families.get(first) || []), entry]);
    }
    const later = (a, b) => Date.parse(a.recorded) - Date.parse(b.recorded) || (a.id < b.id ? -1 : 1);
    return [...families.values()].map((family) => {
      const unreplaced = family.filter((entry) => !replaced.has(entry.id));
      return (unreplaced.length ? unreplaced : family).sort(later).at(-1);
    });
  }

  function root(entry, byId) {
    const seen = [entry.id];
    for (;;) {
      const earlier = byId.get(seen.at(-1)).replaces ?? null;
      if (earlier === null) return seen.at(-1);
      if (seen.includes(earlier)) return seen.slice(seen.indexOf(earlier)).sort()[0];
      if (!byId.has(earlier)) return earlier;
      seen.push(earlier);
    }
  }

  const pocket = {
    check, nextScreen, position, bout, ticked, diaryDay, newest,
    notIf: (pack, answers, remedy) => notIf(pack, remedy, judge(pack, answers)),
  };
  window.uncramp = Object.assign(window.uncramp || {}, { pocket });
})();
