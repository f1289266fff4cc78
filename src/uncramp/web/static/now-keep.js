// Keeps the walk on the phone, in step with other tabs, and writes its entry. A change shows at once; keeping it
// happens behind, one after the other, always on top of what is kept by then.
(() => {
  "use strict";

  const { store, walk: walks } = window.uncramp;
  const others = window.BroadcastChannel ? new BroadcastChannel("uncramp-walk") : null;

  let shown = null;
  let kept = null;
  let queue = Promise.resolve();
  let behind = 0;
  let told = { pack: () => null, now: () => Date.now() / 1000, changed: () => {}, saved: () => {}, muscle: "" };

  const alone = (work) => (navigator.locks ? navigator.locks.request("uncramp-walk", work) : work());

  // `changed` is called when the walk is another, `saved` with how it stands with the entry.
  function keepFor(given) {
    told = { ...told, ...given };
    if (others) others.onmessage = () => refresh();
  }

  function line(work) {
    behind += 1;
    queue = queue.then(() => alone(work)).catch((error) => {
      console.error(error);
      told.saved("not_kept");
    }).then(() => {
      behind -= 1;
      if (!behind && shown !== kept) show(kept);
    });
    return queue;
  }

  function show(walk) {
    shown = walk;
    told.changed(walk);
  }

  // Does `act` (a walk -> the next walk, or null) with the walk that is shown, and then keeps it.
  function change(act) {
    if (!shown) return false;
    const next = act(shown);
    if (!next) return false;
    const { id } = shown;
    show(next);
    line(async () => {
      await catchUp();
      if (!kept || kept.id !== id) return;
      const done = act(kept);
      if (done) await keep(done);
    });
    return true;
  }

  // What another tab, or this one before a crash, has kept last. A walk that is gone was ended elsewhere.
  async function catchUp() {
    const stored = await store.loadWalk();
    if (!stored && kept?.rev) kept = null;
    if (stored && (!kept || stored.id !== kept.id || stored.rev > kept.rev)) kept = stored;
  }

  async function keep(next) {
    const pack = told.pack();
    await save(next);
    if (pack && walks.isToBeWritten(pack, kept, told.now())) await write(pack);
  }

  async function save(next) {
    kept = { ...next, rev: kept && kept.id === next.id ? kept.rev + 1 : 1 };
    await store.saveWalk(kept);
    others?.postMessage("kept");
  }

  // ---- the entry: each version's id is made once and kept before the entry is, so that no crash doubles it ----

  async function write(pack) {
    await finish();
    const { start, end, body } = walks.episode(pack, kept, told.now(), told.muscle);
    const what = JSON.stringify([start, end, body]);
    if (kept.written?.what === what) return;
    told.saved("saving");
    const pending = {
      id: store.newId(), kind: "episode", start, end, offset_minutes: -new Date(start).getTimezoneOffset(),
      origin: "phone", recorded: new Date(told.now() * 1000).toISOString(), replaces: kept.written?.id ?? null, body,
    };
    await save({ ...kept, pending: { entry: pending, what } });
    await finish();
  }

  async function finish() {
    if (!kept.pending) return;
    const { entry, what } = kept.pending;
    await store.putEntry(entry);
    await save({ ...kept, pending: null, written: { id: entry.id, what } });
    told.saved("saved", entry.id);
  }

  // ---- beginning and ending ----

  function begin(walk) {
    show(walk);
    return line(async () => {
      kept = null;
      await save(walk);
    });
  }

  // Ends the walk that is kept: as an entry, whatever its state, or as if it had never been.
  function end({ entry }) {
    const id = shown?.id;
    show(null);
    return line(async () => {
      await catchUp();
      if (!kept || kept.id !== id) return;
      const pack = told.pack();
      if (entry && !pack) return;
      if (pack && (entry || kept.written || kept.pending)) await write(pack);
      await store.clearWalk();
      kept = null;
      others?.postMessage("kept");
    });
  }

  // What is kept, brought up to date; what was about to be written when the page died is written now.
  async function load() {
    await line(async () => {
      await catchUp();
      if (kept) await finish();
    });
    return kept;
  }

  async function refresh() {
    await line(catchUp);
  }

  // When all that was done so far is kept.
  const settled = () => queue;

  function resume(walk) {
    kept = walk;
    show(walk);
    line(async () => {
      const pack = told.pack();
      if (pack && kept && walks.isToBeWritten(pack, kept, told.now())) await write(pack);
    });
  }

  window.uncramp = Object.assign(window.uncramp, {
    keep: { keepFor, change, begin, end, load, refresh, resume, settled, shown: () => shown },
  });
})();
