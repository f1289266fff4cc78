// The check without a server: the same questions in the same order, decided by pocket.js. Nothing of it is kept.
(() => {
  "use strict";

  const { at, block, pocket, handed } = window.uncramp;
  const words = block("words");
  const page = document.getElementById("check");
  const neverShown = page.dataset.neverShown.split(" ");
  const shapes = document.getElementById("symbols").content;
  const numbers = document.getElementById("numbers").content;

  let pack;
  let now = { answers: {}, passed: [] };
  const before = [];

  const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const counted = (key, n) => say(`${key}.${n === 1 ? "one" : "many"}`, { n });

  function element(name, content = [], attributes = {}) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(key, "");
      else if (value !== undefined && value !== false) made.setAttribute(key, value);
    }
    made.append(...[content].flat());
    return made;
  }

  const button = (text, act, attributes = {}) => {
    const made = element("button", text, { type: "button", class: "button", ...attributes });
    made.addEventListener("click", act);
    return made;
  };

  function put(...parts) {
    page.replaceChildren(...parts.flat().filter(Boolean));
    const heading = page.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  // ---- one screen of questions ----

  function ask(screen) {
    const group = pack.groups[screen.group];
    const facts = screen.facts.map((id) => [id, pack.facts[id]]);
    const form = element("form", [], { class: "screen", novalidate: true });
    const ticks = facts.filter(([, fact]) => !fact.kind).map(([id, fact]) => row("checkbox", id, id, "yes", fact.question, fact.explain));
    form.append(element("h1", group.title), element("p", group.help, { class: "help" }));
    if (ticks.length) form.append(element("fieldset", [element("legend", say("screen.tick_all")), ...ticks], { class: "rows" }));
    for (const [id, fact] of facts) {
      if (fact.kind === "number") form.append(numberField(id, fact));
      else if (fact.kind) form.append(choiceField(id, fact));
    }
    const none = ticks.length ? button(say("screen.none"), () => take(form, facts, "none"), { class: "button button-none" }) : "";
    form.append(
      element("div", [element("button", say("screen.next"), { class: "button button-main" }), none], { class: "buttons at-hand" }),
      element("div", [
        button(say("screen.unsure"), () => take(form, facts, "unsure")),
        element("p", say("screen.next_means"), { class: "soft" }),
      ], { class: "buttons" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      take(form, facts, "next");
    });
    put(form, element("div", [before.length ? back() : ""], { class: "back" }));
  }

  const back = () => button(say("screen.back"), () => {
    now = before.pop();
    next();
  }, { class: "button button-plain" });

  function row(type, id, name, value, text, explain) {
    const input = element("input", [], { type, id, name, value, "aria-describedby": explain && `${id}-explain` });
    const parts = [input, element("label", text, { for: id })];
    if (explain) parts.push(element("p", explain, { class: "explain", id: `${id}-explain` }));
    return element("div", parts, { class: "row" });
  }

  function numberField(id, fact) {
    const input = element("input", [], {
      type: "number", id, name: id, inputmode: "decimal", step: "any", min: fact.low, max: fact.high, autocomplete: "off",
      "aria-describedby": `${id}-explain`,
    });
    return element("div", [
      element("label", fact.question, { for: id }),
      element("p", `${fact.explain} ${say("screen.may_stay_empty")}`, { class: "explain", id: `${id}-explain` }),
      element("span", [input, " ", element("span", fact.unit, { class: "unit" })], { class: "joined" }),
    ], { class: "field" });
  }

  function choiceField(id, fact) {
    const type = fact.kind === "one_of" ? "radio" : "checkbox";
    const rows = Object.entries(fact.choices).map(([choice, text]) => row(type, `${id}-${choice}`, id, choice, text));
    return element("fieldset", [element("legend", fact.question), element("p", fact.explain, { class: "explain" }), ...rows], { class: "rows choices" });
  }

  // What the screen says; null where something has to be put right first.
  function read(form, facts, go) {
    const said = {};
    const data = new FormData(form);
    for (const [id, fact] of facts) {
      const values = data.getAll(id);
      if (!fact.kind) {
        if (values.length || go !== "unsure") said[id] = values.length > 0;
      } else if (fact.kind === "number") {
        const input = form.elements[id];
        if (!input.validity.valid) return fault(input, fact);
        if (values[0]) said[id] = Number(values[0]);
      } else if (fact.kind === "one_of") {
        if (values.length) [said[id]] = values;
      } else if (values.length || go !== "unsure") {
        said[id] = values;
      }
    }
    const ticked = Object.values(said).some((value) => value === true || value.length);
    if (go === "none" && ticked) return fault(form.querySelector(":checked"), null);
    return said;
  }

  function fault(input, fact) {
    document.getElementById("fault")?.remove();
    const text = fact
      ? say("screen.number_between", { low: fact.low, high: fact.high, unit: fact.unit }) : say("screen.ticked_and_none");
    page.prepend(element("p", text, { id: "fault", class: "notes", role: "alert" }));
    input.setAttribute("aria-invalid", "true");
    input.focus();
    return null;
  }

  function take(form, facts, go) {
    const said = read(form, facts, go);
    if (!said) return;
    before.push(now);
    now = { answers: { ...now.answers, ...said }, passed: [...now.passed, ...facts.map(([id]) => id)] };
    next();
  }

  function next() {
    const found = pocket.check(pack, now.answers);
    const screen = found.disposition === pack.dispositions.at(-1) ? null : pocket.nextScreen(pack, found, now.passed);
    if (screen) ask(screen);
    else answer(found);
  }

  // ---- the answer ----

  function answer(found) {
    const level = pack.dispositions.indexOf(found.disposition);
    const unsettled = !level && !found.settled;
    const outcome = unsettled ? pack.unsettled : pack.outcomes[found.disposition];
    const shape = unsettled ? "open" : outcome.symbol;
    const body = [element("p", outcome.words, { class: "large" })];
    if (level >= pack.dispositions.length - 2) body.push(calls(level === pack.dispositions.length - 1));
    if (found.ask_next.length) body.push(leftOver(found));
    const flags = new Map(pack.red_flags.map((flag) => [flag.id, flag]));
    const raised = found.reasons.map((r) => ({ ...flags.get(r.red_flag), because: r.because }));
    const main = raised.filter((flag) => flag.disposition === level && !unsettled);
    body.push(...main.map((flag) => reason(flag, level)), also(raised.filter((flag) => !main.includes(flag) && flag.disposition)));
    if (found.notes.length) body.push(element("ul", found.notes.map((note) => element("li", note)), { class: "notes" }));
    body.push(element("p", [element("strong", say("result.safety_net")), " ", outcome.safety_net], { class: "net" }));
    const band = [symbol(shape), element("div", [element("h1", outcome.title), within(found, level)])];
    put(
      element("article", [element("header", band, { class: "band" }), element("div", body.filter(Boolean), { class: "care-body" })], { class: `care care-${shape}` }),
      remedies(found, level), lookAlikes(found, main), clotItems(found),
      element("div", [back(), element("p", say("check_here.kept_nowhere"), { class: "soft" })], { class: "back" }));
  }

  const symbol = (shape) => shapes.querySelector(`[data-shape="${shape}"] svg`).cloneNode(true);

  // What is urgent says in its own words how soon.
  function within(found, level) {
    const names = { now: "now", today: "today", "3 days": "three_days", "2 weeks": "two_weeks" };
    return found.within && level < pack.dispositions.length - 2
      ? element("p", say(`within.${names[found.within]}`), { class: "within" }) : "";
  }

  function calls(emergency) {
    const title = element("h2", say(emergency ? "result.call_now" : "result.call_if_worse"));
    return element("section", [title, numbers.cloneNode(true)], { class: "care-calls" });
  }

  function leftOver(found) {
    const n = found.ask_next.length;
    const means = found.disposition === pack.dispositions[0] ? say("result.left_means_nothing_yet")
      : found.settled ? say("result.left_sooner") : counted("result.left_means", n);
    const again = button(counted("result.answer_them", n), () => {
      before.push(now);
      now = { ...now, passed: [] };
      ask(pocket.nextScreen(pack, found));
    }, { class: "button button-main" });
    return element("section", [element("h2", counted("result.left", n)), element("p", means), again], { class: "open-questions" });
  }

  const yourAnswers = (because) => because.map((id) => `“${pack.facts[id]?.question ?? ""}”`).join(", ");

  function reason(flag, level) {
    const parts = [element("h2", flag.name), element("ol", flag.do.map((line) => element("li", line)), { class: "do" })];
    if (level) parts.push(element("p", flag.say, { class: "say" }));
    if (flag.because.length) {
      parts.push(element("p", [element("strong", say("result.you_said")), ` ${yourAnswers(flag.because)}`], { class: "because" }));
    }
    return element("section", parts, { class: "reason" });
  }

  function also(flags) {
    if (!flags.length) return "";
    const list = element("ul", flags.map((flag) => element("li", [element("strong", flag.name)])));
    return element("details", [element("summary", say("result.also")), list], { class: "also" });
  }

  // A remedy that is withheld appears nowhere; in an emergency none does.
  function remedies(found, level) {
    const emergency = level === pack.dispositions.length - 1;
    const stages = found.stage === pack.stage.unknown ? [pack.stage.yes, pack.stage.no] : [found.stage];
    const order = (id) => pack.verdicts.indexOf(found.remedies[id].verdict);
    const shown = Object.keys(pack.remedies)
      .filter((id) => !emergency && order(id) < pack.verdicts.length - 1 && !neverShown.includes(pack.remedies[id].kind))
      .filter((id) => pack.remedies[id].when.some((when) => stages.includes(when)))
      .sort((a, b) => order(a) - order(b));
    if (!shown.length) return "";
    return element("section", [element("h2", say("result.what_you_can_do")), ...shown.map((id) => remedy(id, found))], { class: "remedies" });
  }

  function remedy(id, found) {
    const { verdict, because } = found.remedies[id];
    const { name, what } = pack.remedies[id];
    const how = because.filter((b) => b.known).map((b) => element("p", b.words, { class: "how" }));
    const not = because.filter((b) => !b.known).map((b) => b.words);
    const notIf = not.length ? element("p", [element("strong", say("remedy.not_if")), ` ${not.join("; ")}.`], { class: "not-if" }) : "";
    const tag = element("span", say(`verdict.${verdict}`), { class: `verdict verdict-${verdict}` });
    const body = [element("p", what), ...how, notIf];
    return verdict === pack.verdicts.at(-2)
      ? element("details", [element("summary", [element("span", name, { class: "name" }), " ", tag]), ...body], { class: "remedy" })
      : element("article", [element("h3", [element("span", name, { class: "name" }), " ", tag]), ...body], { class: "remedy remedy-open" });
  }

  function lookAlikes(found, main) {
    const named = new Set(main.map((flag) => flag.look_alike));
    const shown = pack.look_alikes.filter((x) => found.look_alikes.includes(x.id) && !named.has(x.id));
    if (!shown.length) return "";
    const list = element("ul", shown.map((x) => element("li", [element("strong", x.name), " ", element("span", x.differs)])), { class: "cards" });
    return element("section", [element("h2", say("result.look_alikes")), list]);
  }

  function clotItems({ clot_items: items }) {
    if (!Object.keys(items).length) return "";
    const rows = Object.entries(items).map(([id, yes]) =>
      element("tr", [element("th", pack.facts[id].question, { scope: "row" }), element("td", say(yes ? "check_here.yes" : "check_here.no"))]));
    return element("section", [element("h2", say("result.clot_items")), element("p", say("result.clot_items_means")), element("table", element("tbody", rows))]);
  }

  async function begin() {
    pack = block("pack") || (await (await fetch(at("pocket.json"))).json());
    now.answers = { ...handed() };
    next();
  }

  begin().catch(() => put(element("h1", say("check_here.failed")), numbers.cloneNode(true)));
})();
