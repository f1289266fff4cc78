// Which night and which day an entry belongs to, and what is known of each: as core/nights.py has it, and checked
// against it. `wall` is the time that the clock on the wall showed, as if it were UTC, in milliseconds.
(() => {
  "use strict";

  const HOUR = 3600000;
  const DAY = 24 * HOUR;
  const NOON = 12;
  const EVENING = 22;

  const dateOf = (wall) => new Date(wall).toISOString().slice(0, 10);
  const daysAfter = (date, days) => dateOf(Date.parse(date) + days * DAY);
  const wallOf = ({ start, offset_minutes }) => Date.parse(start) + offset_minutes * 60000;
  const wallAt = (moment) => moment.getTime() - moment.getTimezoneOffset() * 60000;
  const isDeleted = (entry) => entry.body.deleted === true;

  const dayOf = (wall, change) => dateOf(wall - change * HOUR);

  // One out of sleep belongs to the day before the waking, but for a nap or an early night.
  function nightOf(wall, asleep, change) {
    const hour = new Date(wall).getUTCHours();
    if ((asleep ?? hour < change + 3) && hour < NOON) return dateOf(wall - DAY);
    return dayOf(wall, change);
  }

  function nightOfEntry(entry, change) {
    if (entry.kind === "day_note") return entry.body.night ?? null;
    return entry.kind === "episode" ? nightOf(wallOf(entry), entry.body.asleep ?? null, change) : null;
  }

  const dayOfEntry = (entry, change) =>
    entry.body.day ?? nightOfEntry(entry, change) ?? dayOf(wallOf(entry), change);

  const isLater = (a, b) =>
    Date.parse(a.recorded) - Date.parse(b.recorded) || (a.id > b.id ? 1 : -1);
  const latest = (entries) => entries.reduce((a, b) => (a && isLater(a, b) > 0 ? a : b), null);

  // Any cramp makes it a night with cramps, whatever a note says. Without a word it is unknown, and not quiet.
  function night(entries, date, change) {
    const there = entries.filter((entry) => !isDeleted(entry) && nightOfEntry(entry, change) === date);
    const episodes = there.filter((entry) => entry.kind === "episode");
    const note = latest(there.filter((entry) => entry.kind === "day_note"));
    const word = episodes.length ? "cramp" : note?.body.word ?? null;
    return { date, word, episodes, note };
  }

  // What is known of a thing on a day: the answer for the whole day, else the sum of what was written by the hour.
  // `value` is null where nobody wrote anything.
  function answer(entries, day, id, change) {
    const all = entries.filter((entry) => entry.kind === "exposure" && !isDeleted(entry)
      && entry.body.exposure === id && dayOfEntry(entry, change) === day);
    const whole = latest(all.filter((entry) => entry.body.timed === false));
    const counted = whole ? [whole] : all;
    const values = counted.map((entry) => entry.body.value);
    const value = !values.length ? null
      : values.some((one) => typeof one === "boolean") ? values.some(Boolean)
      : values.reduce((a, b) => a + b, 0);
    return { value, counted, all };
  }

  // When the clock shows that hour of that date. Where the clock jumps over it, it is the hour that was meant.
  function at(date, hour) {
    const [year, month, day] = date.split("-").map(Number);
    const moment = new Date(year, month - 1, day, hour);
    const offset = (Date.UTC(year, month - 1, day, hour) - moment.getTime()) / 60000;
    return { start: moment.toISOString(), end: null, offset_minutes: Math.round(offset) };
  }

  const inTheEvening = (date) => at(date, EVENING);
  const atNoon = (date) => at(date, NOON);
  // An hour of that night: one of the evening, or one after midnight.
  const inTheNight = (date, hour) => at(hour < NOON ? daysAfter(date, 1) : date, hour);

  window.uncramp = Object.assign(window.uncramp || {}, {
    nights: {
      dayOf, nightOf, nightOfEntry, night, answer, latest, daysAfter, wallAt, wallOf, isDeleted, inTheEvening, atNoon,
      inTheNight,
    },
  });
})();
