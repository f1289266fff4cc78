// The screen of every day: one tap for last night, a few about today. A tap is written on this phone at once; the
// server is asked beside that, and nothing waits for it.
(() => {
  "use strict";

  const { at, block, nights, store } = window.uncramp;
  const { mode } = document.documentElement.dataset;
  const PATIENCE = 1000;
  const MUSCLE = "hamstring";
  // The hour that stands for a night while nobody says more.
  const HOUR = 3;
  const HOURS = [22, 23, 0, 1, 2, 3, 4, 5, 6, 7, 8];
  const GONE = { deleted: true };

  let rules = { change: 4, questions: [] };
  let fromServer = [];
  let entries = [];
  let begun = false;
  let said = null;
  let opened = "";
  let queue = Promise.resolve();
  let draw = () => {};

  // ---- what is there ----

  const today = () => nights.dayOf(nights.wallAt(new Date()), rules.change);
  const lastNight = () => nights.daysAfter(today(), -1);
  const yesterday = lastNight;
  const night = () => nights.night(entries, lastNight(), rules.change);
  const answer = (id, day = today()) => nights.answer(entries, day, id, rules.change);

  // A cramp that was told here after the fact. One that somebody was guided through, or wrote in full, is not ours.
  const isTold = (entry) => entry.origin === "phone" && !entry.body.protocol && !entry.body.bouts[0].techniques?.length
    && entry.body.bouts[0].end === null;

  function look() {
    const last = night();
    return {
      begun, said, today: today(), last,
      between: [last.date, today()],
      isNight: new Date(nights.wallAt(new Date())).getUTCHours() < rules.change,
      told: last.episodes.find(isTold) || null,
      others: last.episodes.filter((entry) => !isTold(entry)),
      hours: hoursOf(last),
      questions: rules.questions.map((question) => ({ ...question, value: answer(question.id).value })),
      copied: toCopy(),
    };
  }

  // Only hours that leave the cramp in its night.
  function hoursOf(last) {
    const asleep = last.episodes.find(isTold)?.body.asleep ?? null;
    return HOURS.filter((hour) => {
      const wall = nights.wallOf(nights.inTheNight(last.date, hour));
      return nights.nightOf(wall, asleep, rules.change) === last.date;
    });
  }

  async function refresh() {
    entries = await store.entries(fromServer);
    begun ||= entries.length > 0;
    draw(look());
  }

  // ---- writing: one after the other, also when two tabs are open, always on top of what is there by then ----

  const alone = (work) => (navigator.locks ? navigator.locks.request("uncramp-tonight", work) : work());

  // `make` gives the versions to write, each with the one `before` it, and what is said of them; null where the
  // tap changes nothing, so that what was said before, and its way back, stay.
  function write(make) {
    queue = queue.then(() => alone(async () => {
      entries = await store.entries(fromServer);
      const made = make();
      if (!made) return;
      const { changes, words } = made;
      const done = [];
      for (const { before, ...given } of changes) {
        const entry = version(before, given);
        await store.putEntry(entry);
        done.push({ before, after: entry });
      }
      said = { words, done };
      await refresh();
    })).catch((error) => {
      console.error(error);
      said = { words: ["not_kept"], done: [] };
      draw(look());
    });
    return queue;
  }

  function version(before, { body, kind = before.kind, ...when }) {
    const { start, end, offset_minutes } = { ...before, ...when };
    return {
      id: store.newId(), kind, start, end, offset_minutes, origin: "phone", recorded: new Date().toISOString(),
      replaces: before?.id ?? null, body,
    };
  }

  // What was there before, once more. Done again, it brings back what was taken back.
  function undo() {
    const back = said;
    return write(() => ({
      changes: back.done.map(({ before, after }) => {
        const { body = GONE, start = after.start, end = after.end, offset_minutes = after.offset_minutes } = before || {};
        return { before: after, body, start, end, offset_minutes };
      }),
      words: back.words[0] === "taken_back" ? back.words[1] : ["taken_back", back.words],
    }));
  }

  const gone = (before) => ({ before, body: GONE });

  // ---- last night ----

  function noteNight(word) {
    return write(() => {
      const last = night();
      const others = last.episodes.filter((entry) => !isTold(entry));
      if (word !== "cramp" && others.length) return { changes: [], words: ["stays_cramp"] };
      if ((last.note?.body.word ?? null) === word && (word === "cramp" || !last.episodes.length)) return null;
      const told = word === "cramp" ? [] : last.episodes.map(gone);
      const note = word === null ? (last.note ? [gone(last.note)] : [])
        : [{ before: last.note, kind: "day_note", ...nights.inTheEvening(last.date),
          body: { ...last.note?.body, night: last.date, word } }];
      return { changes: [...note, ...told], words: [`wrote_${word ?? "nothing"}`] };
    });
  }

  // `detail` is one of side, asleep, muscle, hour. The same again takes it back.
  function tellMore(detail, value) {
    return write(() => {
      const { date, episodes } = night();
      const before = episodes.find(isTold) || null;
      const known = before ? { ...before.body, hour: before.body.timed ? hourOf(before) : null } : { hour: null };
      const told = { side: null, asleep: null, muscle: muscle(), ...known };
      told[detail] = told[detail] === value && detail !== "muscle" && before ? null : value;
      return { changes: [{ before, kind: "episode", ...episode(date, told) }], words: ["wrote_more"] };
    });
  }

  const hourOf = (entry) => new Date(nights.wallOf(entry)).getUTCHours();

  function episode(date, { hour, bouts: _, ...told }) {
    const fits = (one) => nights.nightOf(nights.wallOf(nights.inTheNight(date, one)), told.asleep, rules.change) === date;
    const timed = hour !== null && fits(hour);
    const when = nights.inTheNight(date, timed ? hour : HOUR);
    const bout = { start: when.start, end: null, released: true };
    return { ...when, body: { ...told, timed, bouts: [bout] } };
  }

  // Where it was the last time; it is shown, and one tap changes it.
  const muscle = () => entries.find((one) => one.kind === "episode" && one.body.muscle)?.body.muscle ?? MUSCLE;

  // ---- today ----

  function setAnswer(id, value) {
    return write(() => {
      const question = rules.questions.find((one) => one.id === id);
      const changes = changesTo(question, value);
      return changes.length ? { changes, words: ["wrote_answer", { ...question, value }] } : null;
    });
  }

  // One portion more or less than is written by now.
  function step(id, times) {
    return write(() => {
      const question = rules.questions.find((one) => one.id === id);
      const known = answer(id).value;
      // One less than unknown is not none.
      if (known === null && times < 0) return null;
      const sum = (known ?? 0) + times * question.portion;
      const value = Math.round(Math.min(question.high, Math.max(question.low, sum)) * 1000) / 1000;
      const changes = changesTo(question, value);
      return changes.length ? { changes, words: ["wrote_answer", { ...question, value }] } : null;
    });
  }

  function changesTo({ id, kept_unit: unit }, value) {
    const { value: known, counted, all } = answer(id);
    if (value === known) return [];
    if (value === null) return all.map(gone);
    const last = nights.latest(counted);
    const rest = counted.filter((entry) => entry !== last);
    const others = rest.reduce((sum, entry) => sum + Number(entry.body.value), 0);
    // Of what was written by the hour only the last is another, as long as the others leave room.
    const keepsRest = typeof value === "number" && value >= others;
    const body = last ? { ...last.body, value: keepsRest ? value - others : value }
      : { exposure: id, day: today(), value, timed: false, ...(unit ? { unit } : {}) };
    const when = last ? {} : nights.atNoon(today());
    return [{ before: last, kind: "exposure", ...when, body }, ...(keepsRest ? [] : rest.map(gone))];
  }

  // Yesterday's answers to what today has none of. Never the word of a night.
  function toCopy() {
    return rules.questions
      .map((question) => ({ ...question, value: answer(question.id, yesterday()).value }))
      .filter(({ id, value }) => value !== null && answer(id).value === null);
  }

  const sameAsYesterday = () => write(() => {
    const copied = toCopy();
    return {
      changes: copied.flatMap((question) => changesTo(question, question.value)),
      words: copied.length ? ["copied", copied] : ["nothing_to_copy"],
    };
  });

  // ---- the server, or what the phone has instead of it ----

  async function fetched(path) {
    const reply = await fetch(at(path), { credentials: "same-origin", headers: store.DIARY, cache: "no-store" });
    if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
    return reply.json();
  }

  async function askServer() {
    const since = new Date(Date.now() - 4 * 24 * 3600000).toISOString();
    const there = await fetched(`today.json?since=${since}&day=${today()}`);
    await store.belongsTo(there.person);
    fromServer = there.versions;
    begun ||= there.begun;
    return there;
  }

  async function packed() {
    if (mode !== "server") return (block("pack") || (await fetched("pocket.json"))).evening;
    return (await fetched("pack.json").catch(() => fetched("pocket.json"))).evening;
  }

  async function learn() {
    let answered = false;
    const use = (found) => {
      rules = { change: found.change, questions: found.questions };
      return refresh();
    };
    const asked = mode === "server"
      ? askServer().then((found) => { answered = true; return use(found); })
      : Promise.reject(new Error("there is no server"));
    const late = new Promise((_, failed) => { setTimeout(failed, PATIENCE); });
    await Promise.race([asked, late]).catch(async () => {
      const found = await packed();
      if (!answered) await use(found);
    });
    await asked.catch(() => {});
  }

  const taps = { noteNight, tellMore, setAnswer, step, sameAsYesterday, undo };
  draw = window.uncramp.tonightView(document.getElementById("tonight"), block("words"), taps);
  opened = today();
  refresh().catch(console.error);
  learn().catch(() => {});
  document.addEventListener("uncramp:stored", () => { refresh().catch(console.error); });
  // A page that lay open over night shows another night in the morning.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (opened !== today()) said = null;
    opened = today();
    refresh().then(learn).catch(() => {});
  });
})();
