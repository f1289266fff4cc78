// The player: takes taps, the clock and what is kept, and shows where the walk stands. What it knows of cramps comes
// from the rules (pocket.json) and the page; what decides is pocket.js.
(() => {
  "use strict";

  const { at, block, pocket, store, walk: walks, keep, cues, view: views, show: screen } = window.uncramp;
  const { mode } = document.documentElement.dataset;
  const words = block("words");
  const first = block("first");
  const TICK_MS = 500;
  const SET_BACK_MS = 2000;
  const TRY_AGAIN_MS = 5000;
  const OWN_RULES_MS = 2000;

  let pack = null;
  let eyes = false;
  let inMemory = document.querySelector('[data-note="memory"]')?.hidden === false;
  let entry = null;
  let starting = false;
  let ready = { place: "anywhere", side: null, as: "self" };

  // ---- what the address asks for ----

  function asked() {
    const query = uncramp.query();
    const place = Object.hasOwn(first.places, query.get("where")) ? query.get("where") : null;
    const side = ["left", "right", "both"].includes(query.get("side")) ? query.get("side") : null;
    const as = query.get("as") === "partner" ? "partner" : null;
    return { place, side, as, eyes: query.get("eyes") === "shut", starts: Boolean(place || side) };
  }

  // Once taken, so that a reload goes on and does not begin again.
  function forgetAddress() {
    uncramp.forgetQuery();
  }

  // ---- the clock: one that is set back while the page is awake does not take time away ----

  let offset = 0;
  let apart = Date.now() - performance.now();

  function now() {
    const apartNow = Date.now() - performance.now();
    if (apart - apartNow > SET_BACK_MS) offset += (apart - apartNow) / 1000;
    apart = apartNow;
    return Date.now() / 1000 + offset;
  }

  // A page that was away cannot have seen it; but nothing is earlier than what has happened already.
  function clockOf(walk) {
    offset = Math.max(walk.offset, offset);
    const late = walk.touched - now();
    if (late > 0) offset += late;
  }

  const withClock = (act) => (walk) => {
    const next = act(walk);
    return next && { ...next, offset };
  };
  const change = (act) => keep.change(withClock(act));

  // ---- showing ----

  function seenNow() {
    const walk = keep.shown();
    if (!walk) return views.beginning(first, words, { ...ready, seconds: 0, started: starting });
    const moment = now();
    if (pack) {
      try {
        return views.view(pack, first, words, walk, moment);
      } catch (error) {
        noRules(error);
      }
    }
    const { told, freed } = walks.last(walk);
    return views.beginning(first, words, {
      place: told.protocol, side: walk.side, as: walk.as, seconds: (freed ?? moment) - told.start, started: true,
    });
  }

  // Then the first step stays, "It let go" is still taken, and all steps stand below in words.
  function noRules(error) {
    console.error(error);
    pack = null;
    screen.fallen(words.no_rules);
  }

  function render() {
    const walk = keep.shown();
    const seen = seenNow();
    screen.show(seen, { eyes });
    if (seen.screen !== "hold") eyes = false;
    screen.saved(seen.saves ? words[savedAs()] : "", savedAs());
    screen.see(pack && walk?.written && seen.saves ? views.saved(pack, words, walk, now(), first.muscle) : null);
    cues.follow(walk ? seen : { ...seen, key: null, spoken: [] }, words);
    cues.stayAwake(["hold", "wrong", "after"].includes(seen.screen));
  }

  let savedState = "saving";
  const savedAs = () => (inMemory ? "not_kept" : savedState);

  async function savedNow(state, id) {
    entry = id || entry;
    savedState = state;
    if (state === "saved" && mode === "server") savedState = (await store.waiting().catch(() => 0)) ? "waiting" : "sent";
    if (keep.shown()) render();
  }

  function tick() {
    const walk = keep.shown();
    const moment = now();
    if (!walk) return;
    if (moment - walk.touched > first.limits.forgotten_s) leave({ entry: true });
    else render();
  }

  // ---- beginning, going on, ending ----

  function begin({ place, side, as }) {
    screen.notice("");
    savedState = "saving";
    const wanted = { place: place || ready.place, side, as: as || ready.as };
    return keep.begin(walks.begin({ ...wanted, id: store.newId(), at: now(), offset }));
  }

  function leave({ entry: wanted }) {
    const written = wanted || keep.shown()?.written;
    const open = pack && keep.shown() && walks.look(pack, keep.shown(), now()).released === null;
    const done = keep.end({ entry: wanted });
    ready = { ...ready, side: null };
    screen.notice(!written ? words.nothing_kept : open ? words.kept_open : "");
    return done;
  }

  // What opening the page means while a walk is kept.
  async function opened(kept, wish) {
    await rules;
    const walk = walks.fitting(pack, kept, first.let_go);
    clockOf(walk);
    const moment = now();
    const there = walks.look(pack, walk, moment);
    const otherSide = wish.side && walk.side && wish.side !== walk.side;
    const open = there.released === null;
    const young = moment - walks.last(walk).told.start < first.limits.moves_s;
    keep.resume(walk);
    if (walk.written) savedNow("saved", walk.written.id);
    if (moment - walk.touched > first.limits.forgotten_s || (otherSide && !young)) {
      await leave({ entry: open });
      if (wish.starts) begin(wish);
    } else if (!open && !walks.canComeBack(there, moment, first.limits) && (there.ended || wish.starts)) {
      await leave({ entry: false });
      screen.notice("");
      if (wish.starts) begin(wish);
    } else if (!open && wish.starts) {
      change((one) => walks.again(pack, one, moment, first.limits, wish.place));
      if (wish.side) change((one) => walks.withSide(one, wish.side));
    } else {
      if (wish.side) change((one) => walks.withSide(one, wish.side));
      if (wish.place) change((one) => walks.move(pack, one, wish.place, moment, first.limits));
    }
    if (wish.as) change((one) => walks.withHelper(one, wish.as));
  }

  // ---- taps ----

  // Before the rules are here a tap waits for them; its time is that of the tap. What is to be done with a walk may
  // be done twice (see now-keep.js), so it must not look at the clock or the page again.
  async function withRules(act) {
    const moment = now();
    if (!keep.shown()) await going;
    if (!pack) await rules;
    return pack && change((walk) => act(walk, moment));
  }

  function choose(id) {
    const [moment, marks] = [now(), screen.marked()];
    if (!pack && id === first.let_go) change((walk) => walks.freedEarly(walk, moment));
    return withRules((walk) => walks.answer(pack, walk, id, moment, marks));
  }

  const taps = {
    start: (side) => begin({ ...ready, side: side || ready.side }).then(forgetAddress),
    choice: choose,
    back: () => withRules((walk, moment) => walks.back(pack, walk, moment)),
    freed: () => withRules((walk, moment) => walks.freed(pack, walk, moment)),
    again: () => withRules((walk, moment) => walks.again(pack, walk, moment, first.limits)),
    side(side) {
      if (keep.shown()) return change((walk) => walks.withSide(walk, side));
      ready = { ...ready, side };
      return render();
    },
    place(place) {
      if (keep.shown()) return withRules((walk, moment) => walks.move(pack, walk, place, moment, first.limits));
      ready = { ...ready, place };
      return render();
    },
    helper() {
      const as = (keep.shown() || ready).as === "partner" ? "self" : "partner";
      ready = { ...ready, as };
      return keep.shown() ? change((walk) => walks.withHelper(walk, as)) : render();
    },
    sound: () => chosen({ sound: !cues.settings().sound }),
    flash: () => chosen({ flash: !cues.settings().flash }),
    replay: () => screen.replay(),
    eyes() {
      eyes = true;
      render();
    },
    see() {
      eyes = false;
      render();
    },
    leave() {
      const walk = keep.shown();
      screen.parts.stop_here.hidden = Boolean(walk?.written);
      screen.parts.mistake.hidden = Boolean(walk?.written);
      screen.parts.finish.hidden = !walk?.written;
      screen.parts.leaving.showModal();
    },
    go_on: () => screen.parts.leaving.close(),
    stop() {
      screen.parts.leaving.close();
      return leave({ entry: true });
    },
    mistake() {
      screen.parts.leaving.close();
      return leave({ entry: false });
    },
    async anew() {
      screen.parts.leaving.close();
      const { as } = keep.shown() || ready;
      const place = keep.shown() ? walks.last(keep.shown()).told.protocol : ready.place;
      await leave({ entry: true });
      return begin({ place, as, side: null });
    },
    async finish() {
      await keep.settled();
      window.location.assign(at(""));
    },
  };

  function chosen(changed) {
    cues.set(changed);
    screen.settings(cues.settings(), words);
    if (changed.sound) cues.say(seenNow().spoken);
  }

  document.addEventListener("click", (event) => {
    const tapped = event.target.closest("[data-act]");
    if (tapped) taps[tapped.dataset.act](tapped.dataset.value);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && eyes) taps.see(); });

  // ---- the rules ----

  async function fetched(path, signal) {
    const answer = await fetch(at(path), { credentials: "same-origin", headers: store.DIARY, signal });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  // The person's own rules, if they come soon: nobody in pain waits for a slow server.
  async function ownRules() {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), OWN_RULES_MS);
    try {
      return await fetched("pack.json", patience.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async function getRules() {
    const brought = block("pack");
    if (brought) return brought;
    return mode === "server" ? ownRules().catch(() => fetched("pocket.json")) : fetched("pocket.json");
  }

  async function haveRules() {
    for (;;) {
      try {
        pack = await getRules();
        screen.fallen("");
        change((walk) => {
          const fitting = walks.fitting(pack, walk, first.let_go);
          return fitting === walk ? null : fitting;
        });
        change((walk) => walks.ordered(pack, walk, now(), first.limits));
        return;
      } catch (error) {
        noRules(error);
        await new Promise((done) => { setTimeout(done, TRY_AGAIN_MS); });
      }
    }
  }

  // ---- go ----

  document.addEventListener("uncramp:trouble", ({ detail }) => {
    if (["memory", "full"].includes(detail.why)) inMemory = true;
    render();
  });
  document.addEventListener("uncramp:sent", ({ detail }) => { if (detail.id === entry) savedNow("sent"); });
  const lookAgain = () => { if (!document.hidden) keep.refresh().then(tick); };
  for (const kind of ["visibilitychange", "resume"]) document.addEventListener(kind, lookAgain);
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) lookAgain(); });

  keep.keepFor({ pack: () => pack, now, muscle: first.muscle, changed: () => render(), saved: savedNow });
  screen.settings(cues.settings(), words);
  screen.parts.insecure.hidden = window.isSecureContext || mode === "file";
  const rules = haveRules();
  const going = open();
  window.uncramp.opened = Promise.all([going, rules]);

  async function open() {
    const wish = asked();
    eyes = wish.eyes;
    starting = wish.starts;
    ready = { place: wish.place || ready.place, side: wish.side, as: wish.as || ready.as };
    render();
    const kept = await keep.load().catch(() => null);
    if (kept) await opened(kept, wish);
    else if (wish.starts) await begin(ready);
    starting = false;
    forgetAddress();
    rules.then(render);
    setInterval(tick, TICK_MS);
  }
})();
