// Puts a view (now-view.js) on the page. All elements stand there already; what is the same stays untouched.
(() => {
  "use strict";

  const { at } = window.uncramp;
  const player = document.getElementById("player");
  const parts = Object.fromEntries(
    [...document.querySelectorAll("[data-part]")].map((element) => [element.dataset.part, element]));
  const stillOnly = window.matchMedia("(prefers-reduced-motion: reduce)");
  const shapes = document.getElementById("symbols").content;

  const REACHED_WITHIN_MS = 2000;

  let before = null;

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  // Shows the part with its text, or hides it where there is none.
  function line(name, text) {
    write(parts[name], text || "");
    parts[name].hidden = !text;
  }

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const changed = (name, seen) => !before || !same(before[name], seen[name]);
  const symbol = (shape) => shapes.querySelector(`[data-shape="${shape}"]`).firstElementChild.cloneNode(true);

  function make(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function button({ kind, words, act, value, icon }) {
    const made = make("button", `button ${kind.split(" ").map((one) => `pl-${one}`).join(" ")}`);
    made.type = "button";
    made.dataset.act = act;
    if (value) made.dataset.value = value;
    if (icon) made.append(symbol(icon));
    made.append(make("span", "", words));
    return made;
  }

  // The lesser buttons in a row of their own, above the two that matter.
  function foot(buttons) {
    const aside = buttons.filter(({ kind }) => kind.startsWith("aside"));
    const rows = [aside, buttons.filter((one) => !aside.includes(one))].filter((row) => row.length);
    parts.foot.replaceChildren(...rows.map((row) => {
      const made = make("div", "pl-row");
      made.append(...row.map(button));
      return made;
    }));
  }

  // ---- the picture ----

  function picture(shown) {
    parts.picture.hidden = !shown;
    parts.picture.replaceChildren();
    if (!shown) return;
    const drawn = make("img");
    drawn.width = 320;
    drawn.height = 240;
    drawn.alt = shown.words;
    drawn.addEventListener("error", () => { parts.picture.hidden = true; });
    drawn.src = at(`poses/${shown.id}${stillOnly.matches ? "-still" : ""}.svg`);
    const again = make("button");
    again.type = "button";
    again.dataset.act = "replay";
    again.append(drawn);
    parts.picture.append(again);
  }

  // An image that is taken out and put in anew moves from its beginning.
  function replay() {
    if (before?.picture && !stillOnly.matches) picture(before.picture);
  }

  // ---- the parts of a view ----

  function marks(asked) {
    const rows = asked.map(({ id, words }) => {
      const row = make("div", "row");
      const box = make("input");
      Object.assign(box, { type: "checkbox", id: `mark-${id}`, value: id });
      const label = make("label", "", words);
      label.htmlFor = box.id;
      row.append(box, label);
      return row;
    });
    parts.marks.replaceChildren(parts.marks.firstElementChild, ...rows);
    parts.marks.hidden = !rows.length;
  }

  const marked = () => [...parts.marks.querySelectorAll("input:checked")].map((box) => box.value);

  function cautions({ how, notIf }, atOnce) {
    parts.how.replaceChildren(...how.map((words) => make("li", "", words)));
    parts.how.hidden = !how.length;
    const rest = notIf.slice(atOnce);
    parts.not.hidden = !notIf.length;
    parts.not.open = false;
    parts.not.classList.toggle("pl-short", !rest.length);
    write(parts.not_first, notIf.slice(0, atOnce).join("; ") + (rest.length ? " …" : "."));
    write(parts.not_rest, rest.length ? `${rest.join("; ")}.` : "");
  }

  function panel(shown) {
    player.classList.remove("care-octagon", "care-triangle", "care-square", "care-circle");
    parts.head.classList.toggle("band", Boolean(shown));
    parts.symbol.hidden = !shown;
    line("within", shown?.within);
    line("safety", shown?.safety);
    parts.calls.hidden = !shown?.calls;
    parts.reasons.hidden = !shown;
    if (!shown) return;
    player.classList.add(`care-${shown.symbol}`);
    parts.symbol.replaceChildren(symbol(shown.symbol));
    write(parts.calls_title, shown.callTitle);
    parts.reasons.replaceChildren(...shown.reasons.map(reason));
  }

  function reason({ name, say, lines }) {
    const made = make("section");
    const list = make("ol", "do");
    list.append(...lines.map((words) => make("li", "", words)));
    made.append(make("h2", "", name), list, make("p", "say", say));
    return made;
  }

  function urgent(shown) {
    parts.urgent.hidden = !shown;
    if (!shown) return;
    parts.urgent.className = `pl-urgent care-${shown.symbol}`;
    parts.urgent_symbol.replaceChildren(symbol(shown.symbol));
    write(parts.urgent_title, shown.title);
    write(parts.urgent_name, shown.names.join(". "));
    write(parts.urgent_call, shown.call);
  }

  function closer(facts) {
    const form = parts.closer;
    form.hidden = !facts || !player.dataset.check;
    if (facts) form.elements.namedItem("answers").value = JSON.stringify(facts);
  }

  // Where the server cannot be reached, the check that the phone does by itself takes over with what was said.
  parts.closer.addEventListener("submit", async (event) => {
    if (document.documentElement.dataset.mode !== "server") return;
    event.preventDefault();
    const form = event.target;
    const reached = await fetch(at("health"), { cache: "no-store", signal: AbortSignal.timeout(REACHED_WITHIN_MS) })
      .then((answer) => answer.ok, () => false);
    if (reached) {
      form.submit();
      return;
    }
    sessionStorage.setItem("uncramp-handed", form.elements.namedItem("answers").value);
    window.location.assign(at("offline-check"));
  });

  function pressed(act, value) {
    for (const one of document.querySelectorAll(`[data-act="${act}"]`)) {
      one.setAttribute("aria-pressed", String(value === true || one.dataset.value === value));
    }
  }

  // ---- everything ----

  function show(seen, { eyes }) {
    const isNew = !before || before.key !== seen.key || before.screen !== seen.screen;
    player.dataset.screen = seen.screen;
    document.body.dataset.walk = seen.screen;
    player.classList.toggle("is-left", seen.side === "left");
    player.classList.toggle("is-first", Boolean(seen.stop));
    player.classList.toggle("is-urgent", Boolean(seen.urgent));
    parts.clock_box.hidden = !seen.clock;
    write(parts.clock, seen.clock);
    write(parts.clock_name, seen.counts);
    write(parts.eyes_clock, seen.clock);
    write(parts.eyes_say, seen.foot.find(({ kind }) => kind === "let-go")?.words || "");
    for (const name of ["stop", "safe", "say", "more", "lasted"]) if (changed(name, seen)) line(name, seen[name]);
    if (changed("picture", seen)) picture(seen.picture);
    if (changed("how", seen) || changed("notIf", seen)) cautions(seen, 3);
    if (isNew || changed("panel", seen)) panel(seen.panel);
    if (changed("urgent", seen)) urgent(seen.urgent);
    if (isNew || changed("marks", seen)) marks(seen.marks);
    if (isNew || changed("choices", seen)) {
      parts.choices.replaceChildren(...seen.choices.map(button));
      parts.choices.hidden = !seen.choices.length;
    }
    if (isNew || changed("foot", seen)) foot(seen.foot);
    parts.leg.hidden = !seen.askSide;
    parts.settings.hidden = !seen.settings;
    parts.guide.hidden = !seen.guide;
    parts.tools.hidden = seen.screen === "ready";
    parts.in_words && (parts.in_words.hidden = seen.screen !== "ready" && !player.dataset.fallen);
    closer(seen.closer);
    pressed("side", seen.side);
    pressed("place", seen.place);
    pressed("helper", seen.as === "partner");
    shutEyes(eyes && seen.screen === "hold");
    const wasThere = before !== null;
    before = seen;
    if (isNew && wasThere) arrive(seen);
  }

  // Another step: the keyboard and the reader go to its heading, which is then read; the rest is announced.
  function arrive(seen) {
    window.scrollTo(0, 0);
    if (!parts.eyes.hidden) {
      write(parts.live, seen.say);
      return;
    }
    parts.say.focus({ preventScroll: true });
    write(parts.live, [seen.urgent?.title, seen.urgent?.names.join(". "), seen.panel?.within, seen.more].filter(Boolean).join(" "));
  }

  const announce = (text) => write(parts.live, text);

  function shutEyes(shut) {
    if (parts.eyes.hidden === !shut) return;
    parts.eyes.hidden = !shut;
    document.body.classList.toggle("eyes-shut", shut);
    for (const part of [player, document.querySelector(".top"), document.querySelector(".bottom")]) {
      if (part) part.inert = shut;
    }
    if (shut) parts.eyes.querySelector("[data-value=let_go]").focus({ preventScroll: true });
  }

  function see(rows) {
    parts.see.hidden = !rows;
    if (!rows) return;
    parts.see_rows.replaceChildren(...rows.map(([name, words]) => {
      const row = make("div");
      row.append(make("dt", "", name), make("dd", "", words));
      return row;
    }));
  }

  function saved(words, state) {
    parts.saved.dataset.state = state;
    line("saved", words);
  }
  const notice = (words) => line("notice", words);

  function settings({ sound, flash }, words) {
    for (const one of document.querySelectorAll("[data-act=sound]")) {
      one.setAttribute("aria-pressed", String(one.closest(".pl-settings") ? !sound : sound));
    }
    player.classList.toggle("is-muted", !sound);
    write(parts.sound_words, sound ? words.sound : words.muted);
    pressed("flash", flash);
  }

  // The rules cannot be had: the words of the page take over.
  function fallen(words) {
    player.dataset.fallen = words ? "yes" : "";
    if (words && parts.in_words) parts.in_words.hidden = false;
    notice(words);
  }

  window.uncramp = Object.assign(window.uncramp, {
    show: { player, parts, show, replay, marked, announce, see, saved, notice, settings, fallen },
  });
})();
