// What the screen of every day shows. Each element is made once and then kept up to date, so that nothing jumps
// under a thumb and no focus is lost. Each state has a colour, a pattern, a picture and a word.
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const TWICE = 400;
  const PICTURES = {
    quiet: "M25 20.500A11 11 0 0 1 11.500 7a11 11 0 1 0 13.500 13.500z",
    cramp: "M18 3 7 18h8l-2 11 12-16h-8z",
    unknown: "M16 4a12 12 0 1 0 .1 0M10 16h.1M16 16h.1M22 16h.1",
    same: "M6 13a10 10 0 0 1 18-3l2 3M26 6v7h-7M26 19a10 10 0 0 1-18 3l-2-3M6 26v-7h7",
    undo: "M12 6 5 13l7 7M6 13h12a8 8 0 0 1 0 15h-5",
  };
  const SIDES = ["left", "right", "both"];
  const MUSCLES = ["hamstring", "calf", "foot"];

  function element(name, { text, children = [], ...attributes } = {}) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    made.append(...children);
    return made;
  }

  function picture(name) {
    const made = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    for (const [key, value] of [["viewBox", "0 0 32 32"], ["class", `tn-icon tn-icon-${name}`],
      ["aria-hidden", "true"], ["focusable", "false"]]) made.setAttribute(key, value);
    path.setAttribute("d", PICTURES[name]);
    made.append(path);
    return made;
  }

  // What is already so is not touched: a screen reader would say it again.
  function put(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  function see(node, name, value) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }

  function tonightView(root, words, taps) {
    const lang = document.documentElement.lang.slice(0, 2);
    const rank = root.dataset.heading === "3" ? "h3" : "h2";
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    const say = (key, values = {}) => fill(words[`tonight.${key}`], values);
    const weekday = (date) =>
      new Date(`${date}T12:00:00Z`).toLocaleDateString(lang, { weekday: "long", timeZone: "UTC" });
    const clock = (hour) =>
      new Date(Date.UTC(2000, 0, 1, hour)).toLocaleTimeString(lang, { hour: "numeric", timeZone: "UTC" });
    const timeOf = ({ start, offset_minutes }) => new Date(Date.parse(start) + offset_minutes * 60000)
      .toLocaleTimeString(lang, { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
    let lastTap = { key: "", at: -TWICE };

    // A second tap of a trembling thumb means what the first one meant. Only counting takes each one.
    function button(kind, children, tap, counts = false) {
      const made = element("button", { type: "button", class: kind, children: [children].flat() });
      made.addEventListener("click", (event) => {
        if (!counts && lastTap.key === made && event.timeStamp - lastTap.at < TWICE) return;
        lastTap = { key: made, at: event.timeStamp };
        // Who counts fast is ahead of what is shown; where there is no more, the tap itself sees to it.
        if (counts || made.getAttribute("aria-disabled") !== "true") tap();
      });
      return made;
    }

    // One line that ends in the way to the check; in a pocket that is the phone's own.
    const toCheck = (text) => element("p", { class: "tn-note", children: [
      `${text} `, element("a", { href: window.uncramp.at("check"), text: say("check_link") }),
    ] });

    const span = (text, kind) => element("span", { text, ...(kind ? { class: kind } : {}) });

    function valueWords({ value, unit }) {
      if (value === null) return say("unknown");
      if (typeof value === "boolean") return say(value ? "yes" : "no");
      if (value === 0) return say("none");
      return unit ? say("amount", { n: value, unit }) : String(value);
    }

    const listed = (questions) =>
      questions.map((one) => say("is", { what: one.short, value: valueWords(one) })).join(" · ");

    // ---- last night ----

    const state = element("p", { class: "tn-state" });
    const stateWords = span("", "tn-word");
    const stateMore = span("", "tn-dates");
    const statePictures = Object.fromEntries(["quiet", "cramp", "unknown"].map((name) => [name, picture(name)]));
    state.append(...Object.values(statePictures), element("span", { class: "tn-said-so", children: [stateWords, stateMore] }));
    const big = (name) => button(`tn-big tn-${name}`, [picture(name), span(say(name))], () => taps.noteNight(name));
    const quiet = big("quiet");
    const cramp = big("cramp");
    const back = button("tn-small", say("take_back"), () => taps.noteNight(null));
    const running = element("p", { class: "tn-note", text: say("running") });
    const written = element("p", { class: "tn-note" });
    const afterCramp = toCheck(say("after_cramp"));
    const nightTitle = element("h2", { id: "tn-night", text: say("last_night") });
    const details = crampDetails();
    const nightPart = element("section", { "aria-labelledby": "tn-night", class: "tn-part", children: [
      nightTitle, state, written, running, element("div", { class: "tn-pair", children: [quiet, cramp] }), afterCramp, details.node, back,
    ] });

    function showNight({ last, between, told, others, isNight, hours }) {
      const name = last.word ?? "unknown";
      see(state, "data-state", name);
      for (const [one, made] of Object.entries(statePictures)) made.toggleAttribute("hidden", one !== name);
      put(stateWords, say(`night_${name}`));
      put(stateMore, say("between", { from: weekday(between[0]), to: weekday(between[1]) }));
      see(quiet, "aria-pressed", String(name === "quiet"));
      see(cramp, "aria-pressed", String(name === "cramp"));
      back.hidden = !last.note && !told;
      running.hidden = !isNight;
      written.hidden = !others.length;
      put(written, say("written_by_itself", { times: others.map(timeOf).join(", ") }));
      afterCramp.hidden = name !== "cramp";
      details.node.hidden = name !== "cramp" || others.length > 0;
      details.show(told, hours);
    }

    function crampDetails() {
      const rows = [];
      const row = (name, options) => {
        const made = options.map(([value, text]) => [value, button("tn-chip", text, () => taps.tellMore(name, value))]);
        rows.push([name, made]);
        const label = element("p", { id: `tn-${name}`, text: say(name), class: "tn-label" });
        const group = element("div", { role: "group", "aria-labelledby": `tn-${name}`, class: "tn-chips",
          children: made.map(([, one]) => one) });
        return element("div", { children: [label, group] });
      };
      const node = element("div", { class: "tn-details", children: [
        element("p", { class: "tn-note", text: say("more_if_you_like") }),
        row("side", SIDES.map((side) => [side, say(side)])),
        row("muscle", MUSCLES.map((name) => [name, say(name)])),
        row("asleep", [[true, say("from_sleep")], [false, say("awake")]]),
        row("hour", [22, 23, 0, 1, 2, 3, 4, 5, 6, 7, 8].map((hour) => [hour, clock(hour)])),
      ] });
      function show(told, hours) {
        const hour = told?.body.timed ? new Date(Date.parse(told.start) + told.offset_minutes * 60000).getUTCHours() : null;
        const known = told ? { ...told.body, hour } : {};
        for (const [name, options] of rows) {
          for (const [value, made] of options) {
            see(made, "aria-pressed", String((known[name] ?? null) === value));
            if (name === "hour") made.hidden = !hours.includes(value);
          }
        }
      }
      return { node, show };
    }

    // ---- today ----

    const questions = element("div", { class: "tn-questions" });
    const same = button("tn-big tn-same", [picture("same")], () => taps.sameAsYesterday());
    const sameMore = span("", "tn-dates");
    same.append(element("span", { class: "tn-said-so", children: [span(say("same"), "tn-word"), sameMore] }));
    const todayDate = span("", "tn-dates");
    const todayPart = element("section", { "aria-labelledby": "tn-today", class: "tn-part", hidden: "", children: [
      element("h2", { id: "tn-today", children: [say("today"), " ", todayDate] }), questions, same,
    ] });
    let asked = "";
    let shows = [];

    function showToday({ questions: given, copied, today }) {
      const ids = JSON.stringify(given.map(({ value, ...one }) => one));
      if (ids !== asked) {
        asked = ids;
        const made = given.map(question);
        shows = made.map(({ show }) => show);
        questions.replaceChildren(...made.map(({ node }) => node));
      }
      todayPart.hidden = !given.length;
      put(todayDate, weekday(today));
      given.forEach((one, n) => shows[n](one.value));
      put(sameMore, copied.length ? listed(copied) : say("nothing_to_copy"));
      same.hidden = !copied.length && given.every(({ value }) => value !== null);
    }

    function question(one, n) {
      const id = `tn-question-${n}`;
      const choice = (value, key) => {
        const made = button(`tn-choice tn-choice-${key}`, say(key), () => taps.setAnswer(one.id, value));
        return [value, made];
      };
      const isNumber = "portion" in one;
      const choices = isNumber ? [choice(0, "none"), choice(null, "unknown")]
        : [choice(true, "yes"), choice(false, "no"), choice(null, "unknown")];
      const less = button("tn-choice tn-step", "−", () => taps.step(one.id, -1), true);
      const more = button("tn-choice tn-step", "+", () => taps.step(one.id, 1), true);
      less.setAttribute("aria-label", say("less", { what: one.short }));
      more.setAttribute("aria-label", say("more", { what: one.short }));
      const amount = span("");
      const number = element("span", { class: "tn-number", children: [amount, span(one.unit || "", "tn-unit")] });
      const counter = element("div", { class: "tn-counter", children: [less, number, more] });
      const row = element("div", { class: "tn-choices", children: choices.map(([, made]) => made) });
      const noneMeans = element("p", { class: "tn-note", text: say("none_means") });
      const ifYes = one.if_yes ? [toCheck(one.if_yes)] : [];
      const node = element("div", { role: "group", "aria-labelledby": id, class: "tn-question", children: [
        element("p", { id, text: one.question, class: "tn-label" }), ...(isNumber ? [counter, noneMeans] : []), row, ...ifYes,
      ] });
      function show(value) {
        see(node, "data-state", value === null ? "unknown" : value ? "some" : "none");
        for (const [meant, made] of choices) see(made, "aria-pressed", String(meant === value));
        noneMeans.hidden = value !== 0;
        for (const note of ifYes) note.hidden = value !== true;
        put(amount, value ? String(value) : valueWords({ ...one, value }));
        see(less, "aria-disabled", String(!value || value <= one.low));
        see(more, "aria-disabled", String(value !== null && value >= one.high));
      }
      return { node, show };
    }

    // ---- what was written ----

    const status = element("p", { role: "status", class: "tn-status" });
    const undoWords = span("");
    const undo = button("tn-undo", [picture("undo"), undoWords], () => taps.undo());
    const bar = element("div", { class: "tn-bar", children: [status, undo] });

    function sentence([key, given], between) {
      const dates = say("between", { from: weekday(between[0]), to: weekday(between[1]) });
      if (key === "wrote_answer") return say(key, { what: given.short, value: valueWords(given) });
      if (key === "copied") return say(key, { what: listed(given) });
      return say(key, { night: dates });
    }

    function showSaid({ said, between }) {
      bar.classList.toggle("tn-bar-empty", !said);
      put(status, said ? sentence(said.words, between) : "");
      undo.hidden = !said?.done.length;
      put(undoWords, say(said?.words[0] === "taken_back" ? "put_back" : "undo"));
    }

    return (seen) => {
      if (!root.contains(bar)) root.replaceChildren(nightPart, todayPart, bar);
      showNight(seen);
      showToday(seen);
      showSaid(seen);
      root.hidden = root.hasAttribute("data-when-begun") && !seen.begun;
    };
  }

  window.uncramp = Object.assign(window.uncramp || {}, { tonightView });
})();
