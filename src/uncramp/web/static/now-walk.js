// A guided walk as it is kept: what was told, the timed answers, and nothing that could be found anew from them.
// Pure: a walk and a moment go in, a walk or what it says comes out. Times are seconds since 1970.
//
// walk: {id, rev, side, as, offset, touched, bouts: [bout], written: {id, what} | null, pending: entry | null}
// bout: {told: {protocol, start, facts, order, bout, cramped}, answers: [{choice, at, marks}], freed, moved, earlier}
//   freed: when it let go after the walk had ended; moved: since when it is done in this place; earlier: what was
//   done in another place before that.
(() => {
  "use strict";

  const { pocket } = window.uncramp;

  const last = (walk) => walk.bouts[walk.bouts.length - 1];
  const stepOf = (pack, place, id) => pack.protocols[place].steps[id] || pack.steps[id];
  const iso = (at) => new Date(Math.round(at * 1000)).toISOString();

  function withBout(walk, changed, at) {
    const bouts = [...walk.bouts.slice(0, -1), { ...last(walk), ...changed }];
    return { ...walk, bouts, touched: Math.max(walk.touched, at) };
  }

  function begin({ id, at, place, side = null, as = "self", offset = 0 }) {
    const told = { protocol: place, start: at, facts: {}, order: [], bout: 1, cramped: 0 };
    return {
      id, rev: 0, side, as, offset, touched: at, written: null, pending: null,
      bouts: [{ told, answers: [], freed: null, moved: null, earlier: null }],
    };
  }

  // ---- where it stands ----

  function stands(pack, bout, now) {
    const found = pocket.position(pack, bout.told, bout.answers, bout.freed ?? now);
    const there = { ...found, since: Math.max(found.since, bout.moved ?? 0) };
    if (bout.freed === null) return there;
    const seconds = Math.max(0, bout.freed - bout.told.start);
    return { ...there, released: bout.freed, technique: null, bout_s: seconds, cramped_s: bout.told.cramped + seconds };
  }

  const look = (pack, walk, now) => stands(pack, last(walk), now);

  // Another version of the rules may not offer what an older one did: the walk then goes on from there.
  function fitting(pack, walk, letGo) {
    for (const [number, { told, answers }] of walk.bouts.entries()) {
      for (let kept = answers.length; kept >= 0; kept--) {
        try {
          pocket.position(pack, told, answers.slice(0, kept), told.start);
          if (kept < answers.length) {
            const mended = { ...walk.bouts[number], answers: answers.slice(0, kept) };
            walk = { ...walk, bouts: walk.bouts.map((bout, n) => (n === number ? mended : bout)) };
          }
          break;
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }
    }
    const { told, answers, freed: at } = last(walk);
    if (at === null || pocket.position(pack, told, answers, at).ended) return walk;
    return withBout(walk, { answers: [...answers, { choice: letGo, at, marks: [] }], freed: null }, at);
  }

  // The rules know what worked best so far. They come a moment after the walk began, before anything was done.
  function ordered(pack, walk, at, limits) {
    const { told, answers } = last(walk);
    const known = pack.order?.length && !told.order.length && !answers.length;
    return known && at - told.start <= limits.orders_s ? withBout(walk, { told: { ...told, order: pack.order } }, at) : null;
  }

  // It let go before the rules were here.
  const freedEarly = (walk, at) => (last(walk).freed === null ? withBout(walk, { freed: at }, at) : null);

  const canComeBack = (there, now, limits) => there.released !== null && now - there.released <= limits.comes_back_s;

  // ---- what can be done with it: each gives the next walk, or null where it does not fit ----

  function answer(pack, walk, choice, at, marks = []) {
    const bout = last(walk);
    const when = Math.max(at, walk.touched);
    if (bout.freed !== null || !look(pack, walk, when).choices.includes(choice)) return null;
    return withBout(walk, { answers: [...bout.answers, { choice, at: when, marks }] }, when);
  }

  // Before anything is shown that hangs on it, a wrong tap can be taken back.
  function back(pack, walk, at) {
    const there = look(pack, walk, at);
    if (there.released !== null || there.ended || stepOf(pack, last(walk).told.protocol, there.step).cramping) return null;
    return withBout(walk, { answers: last(walk).answers.slice(0, -1) }, at);
  }

  // It let go on the page that says to get help.
  function freed(pack, walk, at) {
    const there = look(pack, walk, at);
    return there.ended && there.released === null ? withBout(walk, { freed: Math.max(at, walk.touched) }, at) : null;
  }

  // The same cramp seizes again. What was said before and worries still counts.
  function again(pack, walk, at, limits, place) {
    const bout = last(walk);
    const there = look(pack, walk, at);
    if (!canComeBack(there, at, limits)) return null;
    const facts = { ...bout.told.facts, ...saidIn(pack, bout) };
    const told = {
      protocol: place || bout.told.protocol,
      start: Math.max(at, walk.touched),
      facts: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== false)),
      order: bout.told.order,
      bout: bout.told.bout + 1,
      cramped: there.cramped_s,
    };
    const bouts = [...walk.bouts, { told, answers: [], freed: null, moved: null, earlier: null }];
    return { ...walk, bouts, touched: told.start };
  }

  // Another place: its techniques from the first one on. The start stays.
  function move(pack, walk, place, at, limits) {
    const bout = last(walk);
    const there = look(pack, walk, at);
    if (place === bout.told.protocol || !stepOf(pack, bout.told.protocol, there.step).cramping) return null;
    const told = { ...bout.told, protocol: place };
    if (at - bout.told.start < limits.moves_s) return withBout(walk, { told, answers: [] }, at);
    const { techniques, answers } = record(pack, bout, at);
    const earlier = { techniques: techniques.map((used) => ({ ...used, end: used.end ?? iso(at) })), answers };
    return withBout(walk, { told, answers: [], moved: at, earlier }, at);
  }

  const withSide = (walk, side) => (walk.side === side ? null : { ...walk, side });
  const withHelper = (walk, as) => (walk.as === as ? null : { ...walk, as });

  // ---- what it says ----

  // What the answers of a bout stated, by buttons and by ticks.
  function saidIn(pack, { told, answers }) {
    return Object.assign({}, ...answers.map(({ choice, at, marks }, number) => {
      const { step } = pocket.position(pack, told, answers.slice(0, number), at);
      const { choices = [], marks: asked = [] } = stepOf(pack, told.protocol, step);
      const ticked = Object.fromEntries(asked.map((fact) => [fact, marks.includes(fact)]));
      return { ...choices.find((c) => c.id === choice).facts, ...ticked };
    }));
  }

  // All facts of tonight, for the check.
  function factsNow(pack, walk, now) {
    const bout = last(walk);
    const there = look(pack, walk, now);
    const { cramping, minutes, times_back } = pack.walk;
    return {
      ...bout.told.facts,
      ...pack.protocols[bout.told.protocol].states,
      ...saidIn(pack, bout),
      [cramping]: there.released === null,
      [minutes]: Math.floor(there.cramped_s / 60),
      [times_back]: bout.told.bout - 1,
    };
  }

  function record(pack, bout, now) {
    const { told, answers, earlier, moved } = bout;
    const there = stands(pack, bout, now);
    const made = pocket.bout(told, answers, there);
    if (!earlier) return made;
    const since = (start) => (Date.parse(start) < moved * 1000 ? iso(moved) : start);
    return {
      ...made,
      techniques: [...earlier.techniques, ...made.techniques.map((used) => ({ ...used, start: since(used.start) }))],
      answers: [...earlier.answers, ...made.answers],
    };
  }

  // The walk as the diary has it.
  function episode(pack, walk, now, muscle) {
    const bouts = walk.bouts.map((bout) => record(pack, bout, now));
    const facts = {};
    for (const { told, answers } of walk.bouts) {
      for (const [fact, value] of Object.entries(pocket.ticked(pack, told, answers))) facts[fact] = facts[fact] || value;
    }
    return {
      start: bouts[0].start,
      end: bouts[bouts.length - 1].end,
      body: {
        muscle, side: walk.side, protocol: last(walk).told.protocol, as: walk.as, bouts, facts,
        asleep: null, pain: null, knowledge: pack.version,
      },
    };
  }

  // Whether there is something that must not be lost: a cramp that let go, came back, or ended in advice.
  function isToBeWritten(pack, walk, now) {
    const there = look(pack, walk, now);
    return there.released !== null || there.ended || (walk.bouts.length > 1 && !last(walk).answers.length);
  }

  window.uncramp = Object.assign(window.uncramp, {
    walk: {
      last, stepOf, begin, look, fitting, ordered, canComeBack, answer, back, freed, freedEarly, again, move, withSide, withHelper,
      factsNow, episode, isToBeWritten,
    },
  });
})();
