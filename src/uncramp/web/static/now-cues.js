// What is heard, felt and seen besides the page: a voice, else a recording, else a tone; the screen stays awake.
// Never a voice from the network. Nothing sounds before a tap, unless the browser lets it.
(() => {
  "use strict";

  const { at } = window.uncramp;
  const SETTINGS = "uncramp-player";
  const TONE = { pitch: 880, seconds: 0.18, pause: 0.12, loud: 0.25 };
  const FLASH_MS = 350;
  const language = document.documentElement.lang.slice(0, 2);

  // ---- what the person chose, for the next time too ----

  let settings = { sound: true, flash: false };
  try {
    settings = { ...settings, ...JSON.parse(localStorage.getItem(SETTINGS)) };
  } catch { /* Then it is chosen anew each time. */ }

  function set(changed) {
    settings = { ...settings, ...changed };
    try {
      localStorage.setItem(SETTINGS, JSON.stringify(settings));
    } catch { /* As above. */ }
    if (!settings.sound) hush();
  }

  // ---- a tap lets sound out ----

  let sound = null;
  let tapped = false;
  let owed = [];

  const allowed = () => tapped || Boolean(navigator.userActivation?.hasBeenActive);

  function unlock() {
    tapped = true;
    sound ??= window.AudioContext ? new AudioContext() : null;
    if (sound?.state === "suspended") sound.resume().catch(() => {});
    if (owed.length) setTimeout(() => { if (owed.length) say(owed); }, FLASH_MS);
  }
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, unlock, { capture: true });

  // ---- voice, recording, tone ----

  const voices = window.speechSynthesis;
  voices?.getVoices();

  function ownVoice() {
    const own = (voice) => voice.localService && voice.lang.toLowerCase().startsWith(language);
    return voices?.getVoices().find(own) || null;
  }

  let index = null;
  let playing = null;
  let wanted = 0;
  const clips = new Map();

  async function clipOf(text) {
    index ??= fetch(at("static/voice/index.json")).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
    const name = (await index)[text];
    if (!name) return null;
    if (!clips.has(name)) {
      clips.set(name, fetch(at(`static/voice/${name}`))
        .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(name))))
        .then((bytes) => sound.decodeAudioData(bytes)));
    }
    return clips.get(name);
  }

  function hush() {
    wanted += 1;
    voices?.cancel();
    playing?.stop();
    playing = null;
    owed = [];
  }

  // Says the sentences, and nothing else at the same time. What may wait (`softly`) does not cut short what is being
  // said.
  function say(sentences, softly = false) {
    if (!settings.sound || !sentences.length || document.hidden) return;
    if (softly && (voices?.speaking || playing)) return;
    hush();
    if (!allowed()) owed = sentences;
    const voice = ownVoice();
    if (voice) speak(sentences, voice);
    else if (allowed()) play(sentences);
  }

  const joined = (sentences) => sentences.map((one) => (/[.?!]$/.test(one) ? one : `${one}.`)).join(" ");

  function speak(sentences, voice) {
    const utterance = new SpeechSynthesisUtterance(joined(sentences));
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = 0.95;
    utterance.onstart = () => { owed = []; };
    utterance.onerror = ({ error }) => {
      if (error === "not-allowed") owed = sentences;
      else if (error !== "canceled" && error !== "interrupted") play(sentences);
    };
    voices.speak(utterance);
  }

  // One recording after the other; a tone where there is none at all.
  async function play(sentences) {
    if (!sound) unlock();
    owed = [];
    const mine = ++wanted;
    const found = await Promise.all(sentences.map((text) => clipOf(text).catch(() => null)));
    const recorded = found.filter(Boolean);
    const isOver = () => mine !== wanted || !settings.sound || !sound;
    if (!recorded.length && !isOver()) tones(1);
    for (const clip of recorded) {
      if (isOver()) return;
      await new Promise((done) => {
        playing = new AudioBufferSourceNode(sound, { buffer: clip });
        playing.onended = done;
        playing.connect(sound.destination);
        playing.start();
      });
    }
    if (!isOver()) playing = null;
  }

  function tones(count) {
    if (!settings.sound || !sound) return;
    for (let number = 0; number < count; number++) {
      const begin = sound.currentTime + number * (TONE.seconds + TONE.pause);
      const tone = new OscillatorNode(sound, { frequency: TONE.pitch });
      const loud = new GainNode(sound, { gain: TONE.loud });
      tone.connect(loud).connect(sound.destination);
      tone.start(begin);
      tone.stop(begin + TONE.seconds);
    }
  }

  // ---- felt and seen ----

  function buzz(pattern) {
    if (allowed()) navigator.vibrate?.(pattern);
  }

  function flash() {
    if (!settings.flash) return;
    document.documentElement.classList.add("flashes");
    setTimeout(() => document.documentElement.classList.remove("flashes"), FLASH_MS);
  }

  // ---- the screen stays on ----

  let awake = null;
  let wantsAwake = false;

  async function stayAwake(wanted) {
    wantsAwake = wanted;
    if (!wanted) {
      const before = awake;
      awake = null;
      await before?.release().catch(() => {});
    } else if (!awake && navigator.wakeLock && !document.hidden) {
      awake = await navigator.wakeLock.request("screen").catch(() => null);
      awake?.addEventListener("release", () => { awake = null; });
      if (!wantsAwake) stayAwake(false);
    }
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden && wantsAwake) stayAwake(true); });

  // ---- following the walk ----

  let before = { key: null, cue: 0, over: false };
  let warned = "";

  // Compares what is shown with what was shown before, and tells what is new.
  function follow(seen, words) {
    const now = { key: seen.key, cue: seen.cue, over: seen.over };
    const warning = seen.urgent ? [seen.urgent.title, ...seen.urgent.names] : [];
    if (warning.length && joined(warning) !== warned) {
      warned = joined(warning);
      say(now.key === before.key ? warning : [...warning, ...seen.spoken]);
      buzz([200, 100, 200]);
      flash();
    } else if (now.key !== before.key) {
      if (now.key === null) warned = "";
      say(seen.spoken);
      if (before.key !== null) buzz(60);
    } else if (now.over && !before.over) {
      tones(3);
      say([words.time_is_up]);
      buzz([300, 150, 300, 150, 300]);
      flash();
    } else if (now.cue > before.cue && seen.prompt) {
      say([seen.prompt], true);
      buzz(40);
      flash();
    }
    before = now;
  }

  window.uncramp = Object.assign(window.uncramp, {
    cues: { settings: () => settings, set, say, hush, follow, stayAwake },
  });
})();
