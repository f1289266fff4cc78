from __future__ import annotations

from tests.core.strategies import KNOWLEDGE, RULEBOOK, VOCABULARY
from uncramp.core.triage import check, level, next_screen
from uncramp.model import Answer, Disposition, FactKind, Verdict


def verdict(remedy: str, **answers: Answer) -> Verdict:
    return next(r.verdict for r in check(answers, RULEBOOK).remedies if r.remedy.id == remedy)


def nothing_else() -> dict[str, Answer]:
    """No to every yes/no fact; a healthy adult of 45 whose cramp let go after 2 minutes."""
    answers: dict[str, Answer] = {
        fact.id: False for fact in VOCABULARY.facts.values() if fact.kind is FactKind.YES_NO
    }
    return answers | {"age": 45.0, "cramp_minutes": 2.0}


def test_a_plain_night_cramp_is_settled_as_self_care_in_at_most_eight_screens() -> None:
    answers: dict[str, Answer] = {}
    plain = nothing_else()
    screens = 0
    while screen := next_screen(check(answers, RULEBOOK), VOCABULARY):
        answers |= {fact: plain[fact] for fact in screen[1]}
        screens += 1
    found = check(answers, RULEBOOK)
    assert found.disposition is Disposition.SELF_CARE
    assert found.settled
    assert screens <= 8


def test_nothing_answered_is_not_settled_and_could_be_an_emergency() -> None:
    found = check({}, RULEBOOK)
    assert found.disposition is Disposition.SELF_CARE
    assert not found.settled
    assert found.could_be is Disposition.EMERGENCY
    assert VOCABULARY.facts[found.ask_next[0]].group == "alarm"


def test_nothing_answered_offers_only_what_does_little_harm_and_stops_at_once() -> None:
    offered = {r.remedy.id for r in check({}, RULEBOOK).remedies if r.verdict is Verdict.OFFER}
    assert offered == {"stretch", "massage", "breathing", "bedtime_stretch", "medicine_review"}


def test_nothing_answered_withholds_every_medicine_and_supplement() -> None:
    for r in check({}, RULEBOOK).remedies:
        if r.remedy.kind in ("medicine", "supplement"):
            assert r.verdict is Verdict.WITHHOLD, r.remedy.id


def test_unknown_gives_at_least_ask_for_heat_cold_rolling_a_partner_salt_and_extra_fluid() -> None:
    for remedy in ("heat", "ice", "foam_rolling", "partner_stretch", "salt", "fluids"):
        assert verdict(remedy) >= Verdict.ASK, remedy


def test_ten_minutes_ask_for_advice_today_and_withhold_nothing_gentle() -> None:
    answers = nothing_else() | {"cramping_now": True, "cramp_minutes": 12.0}
    found = check(answers, RULEBOOK)
    assert (found.disposition, found.within) == (Disposition.URGENT, "today")
    for remedy in ("stretch", "massage", "breathing"):
        assert verdict(remedy, **answers) <= Verdict.CHANGE, remedy


def test_a_possible_tear_avulsion_or_clot_withholds_stretch_rubbing_rolling_and_heat() -> None:
    for fact in ("pop", "large_bruise", "limp", "sharp_pain_moving", "one_leg_swollen", "tender_vein"):
        for remedy in ("stretch", "massage", "foam_rolling", "heat"):
            assert verdict(remedy, **nothing_else() | {fact: True}) is Verdict.WITHHOLD, (fact, remedy)


def test_a_cold_limb_or_a_muscle_like_wood_withholds_elevation_too() -> None:
    for fact in ("leg_cold_pale", "rock_hard"):
        for remedy in ("stretch", "massage", "foam_rolling", "heat", "elevation"):
            assert verdict(remedy, **nothing_else() | {fact: True}) is Verdict.WITHHOLD, (fact, remedy)


def test_heat_comes_back_three_days_after_a_strain_only_after_asking() -> None:
    strain = nothing_else() | {"sharp_pain_moving": True}
    assert verdict("heat", **strain | {"hours_since_injury": 20.0}) is Verdict.WITHHOLD
    assert verdict("heat", **strain) is Verdict.WITHHOLD
    assert verdict("heat", **strain | {"hours_since_injury": 100.0}) is Verdict.ASK


def test_the_items_doctors_count_for_a_clot_are_listed_without_a_total_and_never_in_pregnancy() -> None:
    swollen = nothing_else() | {"one_leg_swollen": True, "surgery_12_weeks": True, "bedridden": False}
    items = dict(check(swollen, RULEBOOK).clot_items)
    assert items["surgery_12_weeks"] is True
    assert items["bedridden"] is False
    assert check(swollen | {"pregnant": True}, RULEBOOK).clot_items == ()
    assert check(swollen | {"gave_birth_recently": True}, RULEBOOK).clot_items == ()
    unknown = {fact: answer for fact, answer in swollen.items() if fact != "pregnant"}
    assert check(unknown, RULEBOOK).clot_items == ()


def test_no_item_for_a_clot_can_lower_the_urgency_of_a_swollen_leg() -> None:
    items = [fact.id for fact in VOCABULARY.facts.values() if fact.wells]
    swollen = nothing_else() | {"one_leg_swollen": True} | dict.fromkeys(items, False)
    assert check(swollen | {"one_leg_swollen": True}, RULEBOOK).disposition is Disposition.URGENT


def test_playing_it_down_lowers_nothing_and_is_answered() -> None:
    for fact in ("feels_mild", "walks_normally"):
        for worry in ("cannot_bear_weight", "leg_cold_pale", "one_leg_swollen"):
            plain = check(nothing_else() | {worry: True}, RULEBOOK)
            played_down = check(nothing_else() | {worry: True, fact: True}, RULEBOOK)
            assert played_down.disposition == plain.disposition
    assert check(nothing_else() | {"walks_normally": True, "cannot_bear_weight": True}, RULEBOOK).notes
    assert check(nothing_else() | {"feels_mild": True, "leg_cold_pale": True}, RULEBOOK).notes
    assert not check(nothing_else() | {"feels_mild": True}, RULEBOOK).notes


def test_while_a_medicine_is_not_recognised_no_medicine_counts_as_not_taken() -> None:
    known = check(nothing_else(), RULEBOOK)
    found = check(nothing_else(), RULEBOOK, ["Xyzzoprim"])
    assert known.settled
    assert not found.settled
    assert "statin" in found.unknown_facts
    assert any("Xyzzoprim" in note for note in found.notes)
    assert found.ask_next == (), "what was denied is not asked again; the name has to be put right"


def test_of_equal_dispositions_the_soonest_is_named() -> None:
    soon = check(nothing_else() | {"cramps_frequent": True, "limp": True}, RULEBOOK)
    assert (soon.disposition, soon.within) == (Disposition.ROUTINE, "3 days")
    assert level(Disposition.ROUTINE, "3 days") > level(Disposition.ROUTINE, "2 weeks")
    assert level(Disposition.URGENT, "today") > level(Disposition.ROUTINE, "3 days")


def test_every_disposition_has_its_own_words_and_symbol() -> None:
    outcomes = KNOWLEDGE.outcomes
    assert set(outcomes) == set(Disposition)
    assert len({outcome.symbol for outcome in outcomes.values()}) == 4
    assert len({outcome.title for outcome in outcomes.values()}) == 4
