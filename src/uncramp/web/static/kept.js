// What this phone has kept: its cramps, newest first, to be saved as a file, or all deleted.
(() => {
  "use strict";

  const { at, block, store } = window.uncramp;
  const words = block("words");
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
    const episodes = (await store.entries()).filter((entry) => entry.kind === "episode");
    const waiting = await store.waiting();
    const remove = element("button", say("delete"), { type: "button", class: "button" });
    remove.addEventListener("click", deleteAll);
    if (!episodes.length) {
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
      ...episodes.map(card));
  }

  show();
})();
