// What this phone has kept: its cramps and days, newest first, to be saved as a file, or all deleted.
(() => {
  "use strict";

  const { at, block, store } = window.uncramp;
  const { mode } = document.documentElement.dataset;
  const PATIENCE = 1000;
  const words = block("words");
  const names = block("names");
  const page = document.getElementById("kept");
  const say = (key, values = {}) => words[`kept.${key}`].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function element(name, content, attributes = {}) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...[content].flat());
    return made;
  }

  function lasted({ start, end }) {
    if (!end) return say("not_known");
    const seconds = Math.round((Date.parse(end) - Date.parse(start)) / 1000);
    return seconds < 90 ? say("seconds", { n: seconds }) : say("minutes", { n: (seconds / 60).toFixed(1) });
  }

  function card(entry) {
    const when = new Date(entry.start);
    const time = element("time", when.toLocaleString(document.documentElement.lang.slice(0, 2)), { datetime: entry.start });
    const { side, bouts = [] } = entry.body;
    const rows = [
      [say("side"), say(side || "not_known")],
      [say("length"), bouts.length ? bouts.map(lasted).join(", ") : lasted(entry)],
      [say("bouts"), String(bouts.length || 1)],
    ];
    const list = element("dl", rows.flatMap(([name, value]) => [element("dt", name), element("dd", value)]), { class: "facts" });
    return element("section", [element("h2", time), list], { class: "card", "data-entry": entry.id });
  }

  const day = (date) => new Date(`${date}T12:00:00Z`).toLocaleDateString(
    document.documentElement.lang.slice(0, 2), { dateStyle: "medium", timeZone: "UTC" });

  // What was written of a night or a day, in one line.
  function line({ id, kind, body }) {
    const { night, word, exposure, value, unit } = body;
    const said = kind === "day_note" ? say("night", { day: day(night), word: say(word) })
      : say("day", { day: day(body.day), what: names[exposure] || plain(exposure), value: amount(value, unit) });
    return element("li", said, { "data-entry": id });
  }

  // What the person added, where its name is nowhere: the words that its id was made of.
  const plain = (id) => id.replace(/^own\./, "").replaceAll("_", " ");

  const amount = (value, unit) => (typeof value === "boolean" ? say(value ? "yes" : "no") : `${value} ${unit || ""}`.trim());

  async function saveAsFile() {
    const all = await store.exportEntries();
    const address = URL.createObjectURL(new Blob([JSON.stringify(all, null, 1)], { type: "application/json" }));
    const link = element("a", "", { href: address, download: say("file") });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  function deleteAll() {
    const sure = element("button", say("delete_sure"), { type: "button", class: "button button-warn" });
    const no = element("button", say("delete_not"), { type: "button", class: "button" });
    sure.addEventListener("click", async () => {
      await store.forgetAll();
      await show();
    });
    no.addEventListener("click", show);
    page.replaceChildren(element("p", say("delete_ask"), { class: "large", role: "alert" }), element("div", [no, sure], { class: "buttons" }));
    no.focus();
  }

  async function show() {
    const found = (await store.entries()).filter(({ body }) => !body.deleted);
    const episodes = found.filter(({ kind }) => kind === "episode");
    const lines = found.filter(({ kind }) => kind === "day_note" || kind === "exposure").map(line);
    const waiting = await store.waiting();
    const remove = element("button", say("delete"), { type: "button", class: "button" });
    remove.addEventListener("click", deleteAll);
    if (!episodes.length && !lines.length) {
      const start = element("a", say("start"), { class: "button button-main", href: at("now") });
      // Rules with the person's own facts, or what another person wrote, may lie here all the same.
      page.replaceChildren(
        element("p", say("nothing"), { class: "large" }), element("p", start), element("div", remove, { class: "buttons" }));
      return;
    }
    const save = element("button", say("save"), { type: "button", class: "button button-main", id: "save" });
    save.addEventListener("click", saveAsFile);
    const notes = [element("p", say("where"), { class: "intro" })];
    if (waiting) notes.push(element("p", say("waiting", { n: waiting }), { class: "notes" }));
    page.replaceChildren(
      ...notes, element("div", [save, remove], { class: "buttons" }), element("p", say("save_means"), { class: "soft" }),
      ...(lines.length ? [element("h2", say("days")), element("ul", lines, { class: "index" })] : []),
      ...episodes.map(card));
  }

  // The page is the same for everybody, so the names of what a person added come beside it: from the server, else
  // from the questions that this phone has.
  async function learnNames() {
    for (const path of mode === "server" ? ["today.json", "pack.json"] : []) {
      try {
        const reply = await fetch(at(path), { credentials: "same-origin", headers: store.DIARY });
        if (!reply.ok) continue;
        const found = await reply.json();
        for (const one of found.exposures || found.evening.questions) names[one.id] = one.short;
        return;
      } catch {
        // There is no network. What is on the phone is shown all the same.
      }
    }
  }

  Promise.race([learnNames(), new Promise((late) => { setTimeout(late, PATIENCE); })]).then(show);
})();
