// What the screen says of a walk at a moment, as plain data: from the rules, the walk and the clock. Pure.
(() => {
  "use strict";

  const { walk: walks } = window.uncramp;
  const SHOWN_AT_ONCE = 3;
  const LET_GO = "let_go", WRONG = "wrong", ANOTHER = "another";
  const LOUD = "urgent";

  function clock(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const two = (number) => String(number).padStart(2, "0");
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  }

  const poseOf = (step, as) => (as === "partner" && step.helper_pose) || step.pose;
  const sayOf = (step, as) => (as === "partner" && step.helper) || step.say;

  function picture(first, step, as) {
    const id = poseOf(step, as);
    return id && id in first.pictures ? { id, words: first.pictures[id] } : null;
  }

  // What makes two views two steps.
  const keyOf = (...what) => what.join(" ");
  const button = (kind, words, act, value = "", icon = "") => ({ kind, words, act, value, icon });

  // ---- before the rules are here: the first step of a place ----

  function beginning(first, words, { place, side, as, seconds, started }) {
    const { step, stop, safe } = first.places[place];
    return {
      ...EMPTY,
      screen: started ? "hold" : "ready", key: keyOf(1, 0, false, place, step.id, as), place, side, as, stop, safe,
      clock: started ? clock(seconds) : "", say: sayOf(step, as), spoken: started ? [sayOf(step, as)] : [],
      more: step.more, picture: picture(first, step, as),
      foot: started ? holding(step.choices, words) : [
        button("start", words.left, "start", "left"),
        button("start", words.right, "start", "right"),
        button("start open", words.start, "start"),
      ],
      settings: true,
    };
  }

  const EMPTY = {
    clock: "", counts: "", stop: "", safe: "", say: "", spoken: [], more: "", picture: null, how: [], notIf: [],
    marks: [], choices: [], foot: [], urgent: null, panel: null, cue: 0, prompt: "", over: false, lasted: "",
    askSide: false, closer: null, guide: false, settings: false, saves: false,
  };

  // The buttons while it cramps: the two that matter side by side, the others above them. Who first has to get out of
  // a danger keeps the eyes open.
  function holding(choices, words) {
    const named = Object.fromEntries(choices.map((choice) => [choice.id, choice.words]));
    const others = choices.filter(({ id }) => ![LET_GO, WRONG].includes(id));
    const inDanger = others.some(({ id }) => id !== ANOTHER);
    return [
      ...(inDanger ? [] : [button("aside", words.eyes, "eyes", "", "eyes")]),
      ...others.map(({ id, words: said }) =>
        button(id === ANOTHER ? "aside" : "aside main", said, "choice", id, id === ANOTHER ? "again" : "next")),
      button("wrong", named[WRONG], "choice", WRONG, "triangle"),
      button("let-go", named[LET_GO], "choice", LET_GO, "circle"),
    ];
  }

  // ---- a walk ----

  function view(pack, first, words, walk, now) {
    const bout = walks.last(walk);
    const place = bout.told.protocol;
    const there = walks.look(pack, walk, now);
    const step = walks.stepOf(pack, place, there.step);
    const seen = {
      ...EMPTY, place, side: walk.side, as: walk.as,
      key: keyOf(walk.bouts.length, bout.answers.length, bout.freed !== null, place, there.step, walk.as),
      say: sayOf(step, walk.as), spoken: [sayOf(step, walk.as)], more: step.more || "",
      picture: picture(first, step, walk.as),
      ...cautions(there),
      ...urging(pack, words, there),
    };
    const offered = (step.choices || []).filter(({ id }) => there.choices.includes(id));
    const parts = { pack, first, words, walk, now, bout, there, step, offered, seen };
    if (there.ended) return level(pack, there) > 0 ? panel(parts) : end(parts);
    if (step.cramping) return hold(parts);
    return there.released === null ? wrong(parts) : after(parts);
  }

  const level = (pack, there) => pack.dispositions.indexOf(there.check.disposition);

  function cautions({ remedies }) {
    const because = [...new Map(remedies.flatMap((r) => r.because).map((b) => [b.words, b])).values()];
    return {
      how: because.filter((b) => b.known).map((b) => b.words),
      notIf: because.filter((b) => !b.known).map((b) => b.words),
    };
  }

  const callWords = (pack, words, there) =>
    (level(pack, there) === pack.dispositions.length - 1 ? words.call : words.call_if_worse);

  function reasonsOf(pack, there) {
    const flags = there.check.reasons.map(({ red_flag }) => pack.red_flags.find((flag) => flag.id === red_flag));
    return flags.filter((flag) => flag.disposition === level(pack, there));
  }

  // What has become urgent while the walk goes on.
  function urging(pack, words, there) {
    if (there.ended || level(pack, there) < pack.dispositions.indexOf(LOUD)) return {};
    const outcome = pack.outcomes[there.check.disposition];
    const reasons = reasonsOf(pack, there);
    const names = reasons.map((reason) => reason.name);
    return { urgent: { title: outcome.title, symbol: outcome.symbol, names, call: callWords(pack, words, there) } };
  }

  const cueNumber = (step, there, now) => (step.prompt_every ? Math.floor((now - there.since) / step.prompt_every) : 0);

  function hold({ pack, words, now, bout, there, step, offered, seen }) {
    const isFirst = !bout.answers.length && !bout.moved && !seen.urgent;
    const { stop, safe } = pack.protocols[seen.place];
    return {
      ...seen, screen: "hold", clock: clock(there.bout_s), counts: words.clock,
      stop: isFirst ? stop : "", safe: isFirst ? safe : "",
      cue: cueNumber(step, there, now), prompt: there.prompt,
      foot: holding(offered, words), settings: true,
    };
  }

  function wrong({ words, there, offered, seen }) {
    return {
      ...seen, screen: "wrong", clock: clock(there.bout_s), counts: words.clock, urgent: null, picture: null, how: [], notIf: [],
      choices: offered.map(({ id, words: said }) => button("case", said, "choice", id)),
      foot: [button("aside", words.back, "back", "", "back")],
    };
  }

  // The steps after it let go: a list to tick, a few steps, warmth or cold for as long as its time.
  function after({ pack, first, words, walk, now, there, step, offered, seen }) {
    const timed = typeof step.hold === "number";
    const left = timed ? there.since + step.hold - now : 0;
    return {
      ...seen, screen: "after",
      clock: timed ? clock(Math.ceil(left)) : "", counts: words.countdown, over: timed && left <= 0,
      cue: cueNumber(step, there, now), prompt: left > 0 ? there.prompt : "",
      lasted: timed ? "" : words.lasted.replace("{time}", clock(there.cramped_s)),
      marks: (step.marks || []).map((id) => ({ id, words: pack.facts[id].question })),
      askSide: walk.side === null, saves: !timed,
      foot: [...comeBack(first, words, there, now), ...offered.map(({ id, words: said }) => button("plain", said, "choice", id))],
      closer: walks.factsNow(pack, walk, now),
    };
  }

  const comeBack = (first, words, there, now) =>
    (walks.canComeBack(there, now, first.limits) ? [button("again", words.came_back, "again", "", "again")] : []);

  function end({ pack, first, words, walk, now, there, seen }) {
    return {
      ...seen, screen: "end", lasted: there.released === null ? "" : words.lasted.replace("{time}", clock(there.cramped_s)),
      askSide: walk.side === null, saves: true, guide: true,
      foot: [
        ...comeBack(first, words, there, now),
        ...(there.released === null ? [button("let-go", words.let_go, "freed", "", "circle")] : []),
        button("plain", words.finish, "finish"),
      ],
      closer: walks.factsNow(pack, walk, now),
    };
  }

  // Get help: nothing of the walk stays on the screen but this.
  function panel({ pack, first, words, walk, now, there, seen }) {
    const outcome = pack.outcomes[there.check.disposition];
    const reasons = reasonsOf(pack, there).map(({ name, say, do: lines }) => ({ name, say, lines }));
    const loud = level(pack, there) >= pack.dispositions.indexOf(LOUD);
    const freed = button("plain", words.let_go, "freed", "", "circle");
    return {
      ...seen, screen: "panel", how: [], notIf: [], picture: null, say: outcome.title, more: outcome.words,
      spoken: [outcome.title, reasons[0]?.lines[0] || outcome.words],
      panel: {
        symbol: outcome.symbol, within: loud ? "" : words.within[there.check.within] || "", reasons, safety: outcome.safety_net,
        calls: loud, callTitle: callWords(pack, words, there),
      },
      askSide: walk.side === null, saves: true,
      foot: [
        ...comeBack(first, words, there, now),
        there.released === null ? freed : button("plain", words.finish, "finish"),
      ],
      closer: walks.factsNow(pack, walk, now),
    };
  }

  // What was saved, in lines of two.
  function saved(pack, words, walk, now, muscle) {
    const { start, body } = walks.episode(pack, walk, now, muscle);
    const there = walks.look(pack, walk, now);
    const technique = body.bouts[body.bouts.length - 1].technique;
    const side = { left: words.left, right: words.right, both: words.both }[body.side] || words.unknown;
    return [
      [words.begun, new Date(start).toLocaleString(document.documentElement.lang.slice(0, 2))],
      [words.how_long, clock(there.cramped_s)],
      [words.leg, side],
      [words.let_go_with, technique ? walks.stepOf(pack, body.protocol, technique).say : words.unknown],
      ...(body.bouts.length > 1 ? [[words.times, String(body.bouts.length)]] : []),
    ];
  }

  window.uncramp = Object.assign(window.uncramp, { view: { beginning, view, saved, clock } });
})();
