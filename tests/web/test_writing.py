"""The forms of the diary as a browser without scripts sends them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.diary.entries import uuid
from tests.web.forms import HERE
from tests.web.test_entries import ENTRY
from uncramp.actions import entries as kept
from uncramp.actions.exposures import add_own, questions_chosen
from uncramp.actions.home import diary, owner
from uncramp.diary.people import add_person
from uncramp.figures import whole_body
from uncramp.web.app import create_app

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CRAMP = {"when": "time", "date": "2026-11-17", "time": "02:30", "muscle": "calf", "side": "left"}
BERLIN = {"zone": "Europe/Berlin", "offset_minutes": "60"}


@pytest.fixture
def me(own_diary: str) -> TestClient:  # noqa: ARG001
    """Somebody with an empty diary, at eight in the morning in London."""
    app = create_app(clock=lambda: NOW)
    return TestClient(app, base_url=HERE, raise_server_exceptions=False)


class Fields(HTMLParser):
    """What a browser would send of the form that goes to `action`."""

    def __init__(self, html: str, action: str) -> None:
        super().__init__()
        self.action, self.inside = action, False
        self.fields: dict[str, str] = {}
        self._select = self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.inside = a["action"] == self.action
        if not self.inside:
            return
        if tag == "select":
            self._select = a["name"]
            self.fields[a["name"]] = ""
        elif tag == "option" and "selected" in a:
            self.fields[self._select] = a["value"]
        elif tag == "textarea":
            self._area = a["name"]
            self.fields[a["name"]] = ""
        elif tag == "input" and (a.get("type") not in ("radio", "checkbox") or "checked" in a):
            self.fields[a["name"]] = a.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and self._area:
            # A browser leaves out the line end right after the tag.
            self.fields[self._area] += data.removeprefix("\n")


def sent(me: TestClient, path: str, action: str = "", **typed: str) -> Any:
    """The answer to the form at `path`, filled in as it stands there and then with `typed`."""
    fields = Fields(me.get(path).text, action or path.partition("?")[0]).fields
    assert fields, f"no form at {path}"
    return me.post(action or path.partition("?")[0], data={**fields, **typed})


def entries(me: TestClient, kind: str = "episode") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = me.get("/api/v1/entries", params={"kind": kind}).json()["entries"]
    return found


def words(reply: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.text)))


def put(me: TestClient, entry: dict[str, Any] = ENTRY, number: int = 1) -> str:
    assert me.put(f"/api/v1/entries/{uuid(number)}", json=entry).status_code == 201
    return uuid(number)


# ---- a cramp -----------------------------------------------------------------------------------------


def test_a_cramp_of_any_day_is_written_by_the_form_and_then_shown(me: TestClient) -> None:
    reply = sent(me, "/write/episode", **CRAMP, **BERLIN, pain="6", note="a <b>note</b>")
    assert reply.status_code == 200
    assert "Written down" in words(reply)
    assert "a <b>note</b>" in words(reply)
    (entry,) = entries(me)
    assert entry["origin"] == "page"
    assert entry["start"] == "2026-11-17T01:30:00.000Z"
    assert entry["body"] == {
        "muscle": "calf", "side": "left", "pain": 6, "note": "a <b>note</b>",
        "bouts": [{"start": "2026-11-17T01:30:00.000Z"}],
    }  # fmt: skip


def test_opened_for_a_night_of_the_calendar_the_form_knows_the_night(me: TestClient) -> None:
    sent(me, "/write/episode?day=2026-11-10", "/write/episode", muscle="foot", **BERLIN)
    (entry,) = entries(me)
    assert entry["body"]["timed"] is False
    assert entry["start"] == "2026-11-11T02:00:00.000Z"


def test_what_is_wrong_stands_beside_its_field_and_all_that_was_typed_is_still_there(me: TestClient) -> None:
    typed = {
        **CRAMP, "time": "26:00", "pain": "4", "note": 'long night\nof "it" & <i>', "minutes_2": "x",
        "again": "2", "remedy_stretch": "helped", "place": "Atlantis",
    }  # fmt: skip
    reply = sent(me, "/write/episode", **typed)
    assert reply.status_code == 422
    for field in ("time", "place"):
        assert f'id="fault-{field}"' in reply.text
        assert f'href="#{field}"' in reply.text
    again = Fields(reply.text, "/write/episode").fields
    assert {name: again[name] for name in typed} == typed
    assert entries(me) == []


def test_a_time_that_was_there_twice_is_asked_about_and_then_taken(me: TestClient) -> None:
    typed = {**CRAMP, **BERLIN, "date": "2026-10-25"}
    reply = sent(me, "/write/episode", **typed)
    assert reply.status_code == 422
    assert "the second, after" in words(reply)
    fields = Fields(reply.text, "/write/episode").fields
    assert me.post("/write/episode", data={**fields, "which": "second"}).status_code == 200
    (entry,) = entries(me)
    assert (entry["start"], entry["offset_minutes"]) == ("2026-10-25T01:30:00.000Z", 60)


def test_more_rows_for_bouts_are_shown_without_a_script(me: TestClient) -> None:
    reply = sent(me, "/write/episode", **CRAMP, more="rows")
    again = Fields(reply.text, "/write/episode").fields
    assert "minutes_5" in again
    assert again["time"] == "02:30"
    assert entries(me) == []


@pytest.mark.parametrize(
    "said",
    [{"again": "2"}, {"minutes_3": "1"}, {"time_1": "02:40"}, {"doing": "sitting"}, {"soreness": "0"},
     {"remedy_stretch": "helped"}],
)  # fmt: skip
def test_what_is_rarely_needed_is_folded_away_and_lies_open_where_something_stands_in_it(
    me: TestClient, said: dict[str, str]
) -> None:
    closed, opened = '<details class="more-of-it">', '<details class="more-of-it" open>'
    assert closed in me.get("/write/episode").text
    refused = sent(me, "/write/episode", **{**CRAMP, **BERLIN, "muscle": "", "rows": "3", **said})
    assert refused.status_code == 422
    assert opened in refused.text
    sent(me, "/write/episode", **{**CRAMP, **BERLIN, "pain": "3"})
    assert closed in me.get(f"/edit/{entries(me)[0]['id']}").text
    sent(me, f"/edit/{entries(me)[0]['id']}", **BERLIN, rows="3", **said)
    assert opened in me.get(f"/edit/{entries(me)[0]['id']}").text


def test_each_form_says_what_it_cannot_do_without(me: TestClient) -> None:
    assert "Everything but the place and the time may stay empty." in words(me.get("/write/episode"))
    assert "Everything but what it was and the day may stay empty." in words(me.get("/write/effort"))


def test_a_button_pressed_twice_writes_once(me: TestClient) -> None:
    fields = {**Fields(me.get("/write/episode").text, "/write/episode").fields, **CRAMP}
    for _ in range(3):
        assert me.post("/write/episode", data=fields).status_code == 200
    assert len(entries(me)) == 1


def test_a_cramp_can_be_linked_to_an_effort_of_ones_own(me: TestClient) -> None:
    sent(me, "/write/effort", sport="running", date="2026-11-17", time="18:00", session_rpe="7")
    effort = entries(me, "exposure")[0]["id"]
    page = me.get("/write/episode").text
    assert f'value="{effort}"' in page
    sent(me, "/write/episode", **CRAMP, effort=effort)
    assert entries(me)[0]["body"]["effort"] == effort
    assert sent(me, "/write/episode", **CRAMP, effort=uuid(77)).status_code == 422


# ---- editing -----------------------------------------------------------------------------------------


def test_an_edit_of_the_pain_of_a_guided_cramp_keeps_all_the_rest(me: TestClient) -> None:
    one = put(me)
    assert sent(me, f"/edit/{one}", pain="3", **BERLIN).status_code == 200
    (entry,) = entries(me)
    assert entry["replaces"] == one
    assert entry["body"] == {**ENTRY["body"], "pain": 3}
    assert (entry["start"], entry["end"]) == (ENTRY["start"], ENTRY["end"])


def test_what_was_not_changed_makes_no_version(me: TestClient) -> None:
    one = put(me)
    sent(me, f"/edit/{one}")
    assert [entry["id"] for entry in entries(me)] == [one]


def test_two_who_edit_at_once_see_both_and_nothing_is_lost(me: TestClient) -> None:
    one = put(me)
    fields = Fields(me.get(f"/edit/{one}").text, f"/edit/{one}").fields
    sent(me, f"/edit/{one}", note="from the phone")
    reply = me.post(f"/edit/{one}", data={**fields, "pain": "1"})
    assert reply.status_code == 409
    assert "from the phone" in words(reply)
    assert "Something else stands there by now" in words(reply)
    newer = entries(me)[0]["id"]
    again = Fields(reply.text, f"/edit/{newer}").fields
    # What I touched is mine, and what I did not is as it stands there.
    assert (again["pain"], again["note"]) == ("1", "from the phone")
    me.post(f"/edit/{newer}", data=again)
    assert (entries(me)[0]["body"]["pain"], entries(me)[0]["body"]["note"]) == (1, "from the phone")


def test_an_entry_that_went_away_meanwhile_can_be_written_again(me: TestClient) -> None:
    one = put(me)
    fields = Fields(me.get(f"/edit/{one}").text, f"/edit/{one}").fields
    me.post(f"/entries/{one}/take-away")
    reply = me.post(f"/edit/{one}", data={**fields, "pain": "1"})
    assert reply.status_code == 409
    again = Fields(reply.text, "/write/episode").fields
    assert again["pain"] == "1"
    assert me.post("/write/episode", data=again).status_code == 200


@pytest.mark.parametrize("path", ["/write/effort", "/write/night", "/write/exposure?what=alcohol"])
def test_every_kind_is_edited_by_the_form_that_wrote_it(me: TestClient, path: str) -> None:
    typed = {"sport": "cycling", "minutes": "60", "word": "quiet", "value": "2"}
    reply = sent(me, path, **typed)
    assert reply.status_code == 200, words(reply)
    one = reply.url.path.rpartition("/")[2]
    kind = "day_note" if "night" in path else "exposure"
    assert sent(me, f"/edit/{one}", note="odd").status_code == 200
    (entry,) = entries(me, kind)
    before = me.get(f"/api/v1/entries/{one}").json()["body"]
    assert entry["body"] == {**before, "note": "odd"}
    assert entry["replaces"] == one


def test_a_day_that_has_its_word_already_shows_it_and_asks(me: TestClient) -> None:
    sent(me, "/write/exposure?what=alcohol", value="2", date="2026-11-20")
    reply = sent(me, "/write/exposure?what=alcohol", value="3", date="2026-11-20")
    assert reply.status_code == 409
    assert re.search(r"2 drinks|drinks: 2", words(reply))
    one = entries(me, "exposure")[0]["id"]
    me.post(f"/edit/{one}", data=Fields(reply.text, f"/edit/{one}").fields)
    assert [entry["body"]["value"] for entry in entries(me, "exposure")] == [3]


def test_taken_away_is_shown_as_such_and_undo_brings_it_back(me: TestClient) -> None:
    one = put(me)
    gone = me.post(f"/entries/{one}/take-away")
    assert "Taken away" in words(gone)
    assert "Undo" in words(gone)
    assert me.get(f"/edit/{one}").url.path.startswith("/written/")
    action = re.search(r'action="(/entries/[^"]+/undo)"', gone.text)
    assert action
    back = me.post(action[1])
    assert "Written down" in words(back)
    assert entries(me)[0]["body"] == ENTRY["body"]


def test_an_id_of_another_person_is_404_like_one_that_does_not_exist(me: TestClient) -> None:
    owner(NOW)
    other = add_person(diary(), "Other", NOW + timedelta(hours=1))
    kept.put(diary(), other, uuid(3), ENTRY)
    for one in (uuid(3), uuid(4), "x"):
        for path in (f"/edit/{one}", f"/written/{one}"):
            assert me.get(path).status_code == 404, path
        for path in (f"/edit/{one}", f"/entries/{one}/take-away", f"/entries/{one}/undo"):
            assert me.post(path, data=CRAMP).status_code in (404, 422), path
        assert me.post(f"/circumstances/{one}/stop", data={"zone": ""}).status_code in (404, 422)
    assert uuid(3) not in me.get("/circumstances").text


def test_what_is_no_form_or_no_kind_is_refused_in_words(me: TestClient) -> None:
    assert me.post("/write/nothing", data=CRAMP).status_code == 422
    assert me.post("/write/episode", json=CRAMP).status_code == 422
    assert me.post("/write/exposure", data={"what": "nothing"}).status_code == 422
    assert me.get("/write/circumstance?fact=nothing").status_code == 404
    hostile = {**CRAMP, "rows": "9" * 50, "again": "1e9", "id": "x", "more": "rows"}
    assert me.post("/write/episode", data=hostile).status_code in (200, 422)
    assert me.post("/write/episode", data={**CRAMP, "id": "../x"}).status_code == 422
    assert entries(me) == []


# ---- medicines and conditions, own exposures, questions ------------------------------------------------


def test_a_medicine_is_found_by_its_name_started_changed_and_stopped(me: TestClient) -> None:
    reply = sent(me, "/write/circumstance?q=zocor", "/write/circumstance")
    assert reply.status_code == 200
    (entry,) = entries(me, "circumstance")
    assert entry["body"] == {
        "fact": "statin",
        "value": True,
        "from": "2026-11-22",
        "to": None,
        "note": "zocor",
    }
    page = me.get("/circumstances")
    assert "A statin" in words(page)
    me.post(f"/circumstances/{entry['id']}/stop", data={"zone": "", "offset_minutes": ""})
    assert entries(me, "circumstance")[0]["body"]["to"] == "2026-11-22"


def test_a_medicine_that_cannot_be_written_down_says_why(me: TestClient) -> None:
    said = words(me.get("/write/circumstance?q=Ventolin"))
    assert "Our check asks about this one each time, because it changes from day to day." in said
    assert "no rule of ours is about it" not in said
    page = words(me.get("/write/circumstance?q=ibuprofen"))
    assert page.index("asks about this one each time") < page.index("Since today")
    said = words(me.get("/write/circumstance?q=adapalene"))
    assert "no rule of ours is about it. That does not mean that it has nothing to do with cramps." in said
    said = words(me.get("/write/circumstance?q=qqqqqq"))
    assert "Until it is found, we cannot take it into account. Ask a pharmacist" in said


def test_a_medicine_is_no_longer_taken_and_a_condition_has_ended(me: TestClient) -> None:
    assert "That means not known, not none." in words(me.get("/circumstances"))
    sent(me, "/write/circumstance?fact=statin")
    said = words(me.get("/circumstances"))
    assert "I no longer take it" in said
    assert "It has ended" not in said
    assert "Do not stop or change a medicine because of what you see here." in said
    sent(me, "/write/circumstance?fact=diabetes")
    assert "It has ended" in words(me.get("/circumstances"))


def test_a_medicine_that_ended_on_an_unknown_day_does_not_read_as_still_taken(me: TestClient) -> None:
    sent(me, "/write/circumstance?fact=statin", state="unknown")
    assert "ended, the day is not known" in words(me.get("/circumstances"))
    assert "ended, the day is not known" in words(me.get("/history"))


def test_a_pregnancy_that_ended_still_counts_for_the_check(me: TestClient) -> None:
    said = "In the check, answer “Given birth in the last 12 weeks?”"
    assert said in words(me.get("/write/circumstance?fact=pregnant"))
    assert said not in words(me.get("/write/circumstance?fact=statin"))
    going = sent(me, "/write/circumstance?fact=pregnant")
    assert said not in words(going)
    one = going.url.path.rpartition("/")[2]
    over = me.post(f"/circumstances/{one}/stop", data={"zone": "", "offset_minutes": ""})
    assert said in words(over)
    assert '<a href="/check">' in over.text


def test_what_points_to_more_than_a_cramp_leads_to_the_check_once_it_is_written(me: TestClient) -> None:
    reply = sent(me, "/write/episode", **CRAMP)
    assert "Did it last more than 10 minutes, did you feel a pop" in words(reply)
    assert '<a href="/check">' in reply.text
    reply = sent(me, "/write/night", night="2026-11-18", word="cramp")
    assert "Did it last more than 10 minutes" in words(reply)
    reply = sent(me, "/write/exposure?what=sick_stomach", value="yes", date="2026-11-18")
    assert "With cramps, this needs a doctor's advice today. Check it now." in words(reply)
    for path, fields in (
        ("/write/night", {"night": "2026-11-17", "word": "quiet"}),
        ("/write/exposure?what=sick_stomach", {"value": "no", "date": "2026-11-17"}),
        ("/write/exposure?what=hot_day", {"value": "yes", "date": "2026-11-17"}),
    ):
        assert "“Is it more than a cramp?”" not in words(sent(me, path, **fields))


def test_a_question_about_a_past_day_does_not_speak_of_this_morning(me: TestClient) -> None:
    said = words(me.get("/write/exposure?what=poor_sleep&day=2026-11-02"))
    assert "Did you sleep badly in the night before that day?" in said
    assert "this morning" not in said


def test_a_dose_that_changes_ends_the_old_and_begins_the_new(me: TestClient) -> None:
    reply = sent(me, "/write/circumstance?fact=statin", **{"from": "2026-11-01", "note": "20 mg"})
    one = reply.url.path.rpartition("/")[2]
    sent(me, f"/write/circumstance?change={one}", **{"from": "2026-11-15", "note": "40 mg"})
    said = {e["body"]["note"]: (e["body"]["from"], e["body"]["to"]) for e in entries(me, "circumstance")}
    assert said == {"20 mg": ("2026-11-01", "2026-11-14"), "40 mg": ("2026-11-15", None)}


def test_a_pregnancy_is_written_with_its_week(me: TestClient) -> None:
    sent(me, "/write/circumstance?fact=pregnant", pregnancy_weeks="20")
    said = {entry["body"]["fact"]: entry["body"]["value"] for entry in entries(me, "circumstance")}
    assert said == {"pregnant": True, "pregnancy_weeks": 20}


def test_something_of_ones_own_is_counted_in_its_unit_and_shown_as_text(me: TestClient) -> None:
    reply = sent(me, "/write/own", name="<i>Socks</i>", unit="hours", portion="0,5")
    assert "<i>Socks</i>" in words(reply)
    assert "<i>Socks</i>" not in reply.text
    what = reply.url.query.decode().removeprefix("what=")
    sent(me, f"/write/exposure?what={what}", value="2.5")
    (entry,) = entries(me, "exposure")
    assert (entry["body"]["value"], entry["body"]["unit"]) == (2.5, "hours")
    assert sent(me, "/write/own", name="").status_code == 422


def test_the_questions_of_the_evening_are_at_most_three(me: TestClient) -> None:
    reply = me.post("/questions", data={"question": ["alcohol", "yoga", "drinks", "hot_day"]})
    assert reply.status_code == 422
    assert "At most 3" in words(reply)
    assert me.post("/questions", data={"question": ["alcohol", "yoga"]}).status_code == 200
    assert questions_chosen(diary(), owner(NOW)) == ("alcohol", "yoga")
    me.post("/questions", data={"open": "yes", "question": ["alcohol"]})
    assert questions_chosen(diary(), owner(NOW)) == ("open",)
    assert 'id="open" name="open" value="yes" checked' in me.get("/questions").text


def test_an_own_exposure_of_a_hostile_name_breaks_no_page(me: TestClient) -> None:
    add_own(diary(), owner(NOW), '"><script>alert(1)</script>', "x")
    for path in ("/questions", "/write/exposure"):
        assert "<script>alert" not in me.get(path).text


# ---- the picture ---------------------------------------------------------------------------------------


def test_each_place_on_the_picture_leads_to_a_radio_button_with_its_word(me: TestClient) -> None:
    page = me.get("/write/episode").text
    places = set(re.findall(r'<label class="place [^"]*" for="([^"]+)"', page))
    assert len(places) == 10
    for place in places:
        assert re.search(rf'<input type="radio" id="{place}"', page)
        assert re.search(rf'<label for="{place}">[a-z]', page)
    order = re.findall(r'name="muscle" value="([a-z]+)"', page)
    assert order[0] == "hamstring"


def test_left_is_left_as_seen_by_the_person(me: TestClient) -> None:
    for view, left_is_right in ((whole_body.FRONT, True), (whole_body.BACK, False)):
        for region in whole_body.regions(view):
            first = float(re.match(r"M([\d.]+)", region.path)[1])  # type: ignore[index]
            if region.side:
                assert ((first > whole_body.WIDTH / 2) == left_is_right) == (region.side == "left"), region
    said = words(me.get("/write/episode"))
    assert "Left and right are your own" in said
    assert json.dumps(said).count("your left") >= 2
