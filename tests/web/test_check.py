"""The way through the questions, and the answer at its end."""

from __future__ import annotations

import json
import re
import time

import pytest
from starlette.testclient import TestClient

from tests.web.forms import Page, Person
from uncramp.actions import check
from uncramp.actions.library import knowledge
from uncramp.model import Disposition, Verdict

NIGHT = {"age": "44", "cramp_minutes": "3"}
SWOLLEN = ("one_leg_swollen", "pain_at_rest", "long_journey", "dent_stays")
TORN = ("pop", "large_bruise", "cannot_bear_weight")


def heading(page: Page) -> str:
    found = re.search(r'<h1 id="title">(.*?)</h1>', page.html)
    assert found, page.words
    return found[1]


def test_a_plain_night_cramp_is_settled_in_at_most_8_screens(person: Person) -> None:
    page = person.walk("cramping_now", **NIGHT)
    assert heading(page) == "Look after it yourself"
    assert "What you can do" in page.words
    assert person.screens <= 8


def test_one_emergency_sign_on_the_first_screen_goes_straight_to_the_answer(person: Person) -> None:
    page = person.answer("chest_pain", "breathless")
    assert heading(page) == "Call for emergency help now"
    for number in ("112", "911", "999", "000"):
        assert f"tel:{number}" in page.links


def test_in_an_emergency_no_remedy_is_shown(person: Person) -> None:
    page = person.answer("chest_pain", "breathless")
    assert "What you can do" not in page.words
    assert not re.search(r"/why/\w+#remedy", page.html)


@pytest.mark.parametrize(
    ("ticked", "typed", "title"),
    [
        (("cramping_now",), NIGHT, "Look after it yourself"),
        (SWOLLEN, NIGHT, "Get medical help today"),
        (TORN, NIGHT, "Get medical help today"),
        (("cramps_disturb", "cramps_frequent", "kidney_disease"), NIGHT, "See a doctor"),
        (("pregnant", "in_heat", "water_tablet"), NIGHT, ""),
    ],
)
def test_a_remedy_that_is_withheld_appears_nowhere(
    person: Person, ticked: tuple[str, ...], typed: dict[str, str], title: str
) -> None:
    page = person.walk(*ticked, **typed)
    assert not title or heading(page) == title
    answers = next(form.fields["answers"] for form in page.forms if "answers" in form.fields)
    remedies = check.run(json.loads(answers)).check.remedies
    withheld = [r.remedy for r in remedies if r.verdict is Verdict.WITHHOLD]
    shown = [r.remedy for r in remedies if r.verdict is not Verdict.WITHHOLD]
    assert withheld, "this case is to withhold something"
    links = set(re.findall(r"/why/(\w+)#remedy", page.html))
    names = set(re.findall(r'<span class="name">(.*?)</span>', page.html))
    assert links
    assert links <= {r.id for r in shown}
    assert not names & {r.name for r in withheld}
    # Single words, such as "Ice", also stand in sentences that say what not to do.
    assert not [r.name for r in withheld if " " in r.name and r.name in page.words]


def test_milder_reasons_do_not_say_what_to_do_beside_an_urgent_one(person: Person) -> None:
    page = person.walk("cramping_now", *SWOLLEN, **NIGHT)
    assert "Do not rub, roll, stretch or warm the leg." in page.words
    assert "Stretch it gently" not in page.words


def test_while_questions_are_open_nothing_says_self_care(person: Person) -> None:
    page = person.walk(go="unsure")
    asked = check.run({})
    assert heading(page) == "Nothing worrying so far"
    assert f"{len(asked.check.ask_next)} questions left" in page.words
    assert "Look after it yourself" not in page.html
    assert "care-open" in page.html
    assert ("go", "open") in [button for form in page.forms for button in form.buttons]


def test_what_was_left_open_can_be_answered_later(person: Person) -> None:
    person.walk(go="unsure")
    page = person.press("go", "open")
    assert heading(page) == knowledge().vocabulary.groups["alarm"].title
    assert heading(person.walk("cramping_now", **NIGHT)) == "Look after it yourself"


def test_a_screen_that_was_left_open_does_not_come_again(person: Person) -> None:
    seen: list[str] = []
    while person.page.screen:
        seen.append(heading(person.page))
        person.answer(go="unsure")
    assert len(seen) == len(set(seen)) == 8


def test_a_number_left_empty_does_not_come_again(person: Person) -> None:
    assert "1 question left" in person.walk(cramp_minutes="3").words


def test_back_shows_the_screen_before_with_its_ticks(person: Person) -> None:
    first = heading(person.page)
    person.answer()
    person.answer("sore_spot")
    page = person.press("go", "back")
    assert page.screen
    assert page.screen.fields["sore_spot"] == "yes"
    page = person.press("go", "back")
    assert heading(page) == first
    assert heading(person.answer()) == knowledge().vocabulary.groups["leg"].title


def test_an_answer_can_be_changed_from_the_answer_page(person: Person) -> None:
    person.walk(*SWOLLEN, **NIGHT)
    page = person.press("go", "group:leg")
    assert page.screen
    assert page.screen.fields["one_leg_swollen"] == "yes"
    person.untick("one_leg_swollen", "pain_at_rest")
    person.answer()
    assert heading(person.walk("cramping_now", **NIGHT)) == "Look after it yourself"


def test_what_was_found_so_far_stands_above_the_next_questions(person: Person) -> None:
    person.answer()
    page = person.answer("pop")
    assert page.screen
    assert "So far: Get medical help today" in " ".join(page.words.split())
    page = person.press("go", "result")
    assert heading(page) == "Get medical help today"
    assert "questions left" in page.words


def test_a_tick_and_none_of_these_is_asked_back(person: Person) -> None:
    form = person.page.screen
    assert form
    reply = person.client.post("/check", data={**form.fields, "chest_pain": "yes", "go": "none"})
    assert reply.status_code == 422
    page = Page(reply.text)
    assert page.screen
    assert page.screen.fields["chest_pain"] == "yes"
    assert "You ticked something" in page.words


def test_none_of_these_still_takes_the_numbers(person: Person) -> None:
    while person.page.screen and "age" not in person.page.screen.fields:
        person.answer(
            go="none", **({"cramp_minutes": "3"} if "cramp" in str(person.page.screen.choices) else {})
        )
    page = person.answer(go="none", age="44")
    assert '"age": 44' in page.forms[-1].fields["answers"]


@pytest.mark.parametrize("age", ["400", "-1", "forty", "1e308", "nan", "9" * 30])
def test_a_number_that_cannot_be_is_said_at_its_field(person: Person, age: str) -> None:
    while person.page.screen and "age" not in person.page.screen.fields:
        person.answer()
    page = person.answer(age=age)
    assert page.screen, "the same screen again"
    assert "Write a number from 0 to 120 years" in page.words
    assert 'aria-invalid="true"' in page.html
    assert "#age" in page.links


def test_a_decimal_comma_is_understood(client: TestClient) -> None:
    asked = {"answers": '{"fever": true}', "screen": "temperature_c", "temperature_c": "38,5"}
    page = Page(client.post("/check", data=asked).text)
    assert page.screen
    assert json.loads(page.screen.fields["answers"]) == {"fever": True, "temperature_c": 38.5}


@pytest.mark.parametrize(
    ("felt", "title"), [("pop", "Get medical help today"), ("sharp_pain_moving", "See a doctor")]
)
def test_the_buttons_of_the_now_page_start_the_check_with_what_was_felt(
    client: TestClient, felt: str, title: str
) -> None:
    page = Page(client.get("/now").text)
    form = page.form_with(felt, "yes")
    page = Page(client.post(form.action, data={**form.fields, felt: "yes"}).text)
    assert page.screen
    assert json.loads(page.screen.fields["answers"]) == {felt: True}
    assert title in page.words


def test_while_it_cramps_the_gentle_stretch_comes_first(person: Person) -> None:
    page = person.walk("cramping_now", **NIGHT)
    assert (
        re.findall(r'<span class="name">(.*?)</span>', page.html)[0]
        == "Gentle stretch that you hold yourself"
    )


def test_the_medicines_are_read_and_said_back(person: Person) -> None:
    page = person.walk("cramping_now", medicines="Simvastatin 20 mg\nsimvastatim\nzzqqx", **NIGHT)
    assert "A statin (for cholesterol)" in page.words
    assert "Did you mean" in page.words
    assert "We do not know the medicine" in page.words
    button = next(b for f in page.forms for b in f.buttons if b[0] == "instead")
    page = person.press(*button)
    assert "simvastatim" not in page.words
    assert "zzqqx" in page.words


def test_naming_a_medicine_and_not_ticking_its_kind_is_no_contradiction(person: Person) -> None:
    page = person.walk("cramping_now", medicines="furosemide", **NIGHT)
    assert "A water tablet (diuretic)" in page.words
    assert "You said no to" not in page.words


def test_an_unknown_medicine_does_not_bring_the_screen_again(person: Person) -> None:
    seen = []
    for _ in range(20):
        if not person.page.screen:
            break
        seen.append(heading(person.page))
        person.answer(**({"medicines": "zzqqx"} if "medicines" in person.page.html else {}))
    assert person.page.screen is None
    assert len(seen) == len(set(seen))


def test_more_that_suits_you_ends_and_keeps_the_urgency(person: Person) -> None:
    page = person.walk("cramping_now", **NIGHT)
    before = page.words.count("Read first")
    person.press("go", "sharpen")
    assert person.page.screen
    page = person.walk(**NIGHT)
    assert heading(page) == "Look after it yourself"
    assert page.words.count("Read first") < before


def test_the_items_for_a_clot_are_a_table_without_a_total(client: TestClient) -> None:
    answers = {"one_leg_swollen": True, "dent_stays": True, "active_cancer": False, "pregnant": False}
    answers["gave_birth_recently"] = False
    html = client.post("/check", data={"answers": json.dumps(answers), "go": "result"}).text
    table = html[html.index("<table>") : html.index("</table>")]
    assert "leave a dent" in table
    assert table.count("<tr>") == 3
    assert "total" not in table.lower()
    assert "<tfoot" not in table


def test_the_answer_as_text_says_what_the_page_says(person: Person) -> None:
    page = person.walk(*SWOLLEN, **NIGHT)
    text = page.html[page.html.index('<textarea id="text"') : page.html.rindex("</textarea>")]
    outcome = knowledge().outcomes[Disposition.URGENT]
    for words in (outcome.title, outcome.safety_net, "Do not rub, roll, stretch", "How soon: Today", "112"):
        assert words in text
    assert "\n\n\n" not in text


def test_the_chosen_country_gives_its_number_and_is_remembered(person: Person) -> None:
    page = person.answer("chest_pain", "breathless")
    form = next(f for f in page.forms if f.fields.get("go") == "result")
    reply = person.client.post("/check", data={**form.fields, "country": "JP"})
    cookie = reply.headers["set-cookie"].lower()
    assert "country=jp" in cookie
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    page = Page(reply.text)
    assert "tel:119" in page.links
    assert "tel:112" not in page.links
    assert "tel:119" in person.get("/now").links


def test_a_country_can_be_chosen_before_the_check(client: TestClient) -> None:
    reply = client.post("/country", data={"country": "GB", "back": "/now"}, follow_redirects=False)
    assert reply.headers["location"] == "/now"
    assert "tel:999" in Page(client.get("/").text).links


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_the_way_back_leads_nowhere_else(client: TestClient, back: str) -> None:
    reply = client.post("/country", data={"country": "GB", "back": back}, follow_redirects=False)
    assert reply.headers["location"] == "/"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"answers": "["}, "hidden field"),
        ({"answers": "[]"}, "hidden field"),
        ({"answers": '{"pop": "yes"}'}, "pop"),
        ({"answers": '{"role": true}'}, "role"),
        ({"answers": '{"age": 1e999}'}, "age"),
        ({"answers": '{"age": NaN}'}, "NaN"),
        ({"answers": '{"pop": true, "pop": false}'}, "pop"),
        ({"answers": "[" * 5000}, "hidden field"),
        ({"answers": '{"age": "\\ud800"}'}, "age"),
        ({"answers": "\x00"}, "hidden field"),
        ({"skipped": "pop role"}, "skipped"),
        ({"history": "alarm role"}, "history"),
        ({"screen": "role"}, "screen"),
        ({"go": "elsewhere"}, "go"),
        ({"go": "group:elsewhere"}, "go"),
        ({"instead": "7:x"}, "instead"),
        ({"person_id": "1"}, "person_id"),
        ({"answers": ["{}", "{}"]}, "answers"),
        ({"medicines": "\n".join("abcdefgh")[:1] + "\nx" * 100}, "medicines"),
    ],
)
def test_tampered_fields_are_refused_with_their_place(
    client: TestClient, fields: dict[str, str], place: str
) -> None:
    reply = client.post("/check", data=fields)
    assert reply.status_code == 422
    assert "Some of that could not be used" in reply.text
    assert place in reply.text


def test_a_file_in_the_form_is_refused(client: TestClient) -> None:
    reply = client.post("/check", files={"answers": ("a.json", b"{}")})
    assert reply.status_code in (400, 422)
    assert "<h1>" in reply.text


SCRIPTS = (
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "{{7*7}}",
    "</textarea><script>alert(1)</script>",
)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_in_a_text_is_shown_as_it_stands(person: Person, script: str) -> None:
    page = person.walk("cramping_now", medicines=script, **NIGHT)
    assert script in page.words
    for dangerous in ("<img src=x", "<svg/onload", "<script>alert"):
        assert dangerous not in page.html
    assert "We do not know the medicine" in page.words


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_in_a_hidden_field_or_an_address_is_shown_as_it_stands(
    client: TestClient, script: str
) -> None:
    for reply in (
        client.post("/check", data={"answers": json.dumps({script: True})}),
        client.get(f"/why/{script.replace('/', '')}"),
        client.post("/check", data={"go": script}),
    ):
        assert reply.status_code in (404, 422)
        for dangerous in ("<img src=x", "<svg", "<script>alert"):
            assert dangerous not in reply.text.replace('<svg class="', "")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_a_body_that_is_no_plain_form_is_refused_and_not_taken_for_an_empty_one(
    client: TestClient, kind: str
) -> None:
    headers = {"content-type": kind} if kind else {}
    for path in ("/check", "/country"):
        reply = client.post(path, content=b"pop=yes", headers=headers)
        assert reply.status_code == 422, path


def test_a_tick_is_not_lost_when_the_screen_is_left_by_another_button(person: Person) -> None:
    person.answer()
    form = person.page.screen
    assert form
    form.fields["pop"] = "yes"
    page = person.press("go", "back")
    assert json.loads(next(f.fields["answers"] for f in page.forms if "answers" in f.fields))["pop"] is True


def test_a_suggestion_replaces_the_name_it_was_made_for_and_no_other(person: Person) -> None:
    long = "levothyroxin" + " " * 95 + "50 mg"
    for place in ("0:", "7:ibuprofen", "9" * 5000 + ":a", "x:a"):
        reply = person.client.post("/check", data={"medicines": f"warfarin\n{long}", "instead": place})
        assert reply.status_code == 422, place
    reply = person.client.post("/check", data={"medicines": "warfarin, ibuprofn", "instead": "1:ibuprofen"})
    assert "warfarin" in reply.text
    assert reply.status_code == 200


def test_names_that_nobody_knows_do_not_hold_up_the_others(client: TestClient) -> None:
    names = "\n".join(f"xyzzoprim{letter}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    begin = time.process_time()
    assert client.post("/check", data={"medicines": names, "go": "result"}).status_code == 200
    assert time.process_time() - begin < 2


def test_a_screen_that_is_seen_again_is_not_counted_as_a_further_step(person: Person) -> None:
    assert "Question group 1 of" in person.page.words
    person.walk("cramping_now", **NIGHT)
    assert "Question group" not in person.press("go", "group:leg").words
