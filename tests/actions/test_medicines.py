from __future__ import annotations

import pytest

from uncramp.actions.medicines import near_names, recognise, split_names


@pytest.mark.parametrize(
    "name",
    ["Lasix", "lasix", "LASIX 40", "Lasix 40 mg tablets", " furosemide ", "Furosémide", "furosemide 20mg"],
)
def test_a_medicine_is_known_by_its_brand_its_strength_its_form_and_its_accents(name: str) -> None:
    found = recognise([name])
    assert found.facts == {"loop_diuretic", "water_tablet"}
    assert found.unrecognised == ()


def test_an_unknown_name_stays_unknown_and_a_near_one_is_only_suggested() -> None:
    found = recognise(["Furosmide", "Xyzzoprim"])
    assert found.facts == frozenset()
    assert found.unrecognised == ("Furosmide", "Xyzzoprim")
    near = near_names(found.unrecognised)
    assert near["Furosmide"][0] == "furosemide"
    assert near["Xyzzoprim"] == ()


def test_a_single_digit_is_part_of_the_name() -> None:
    assert "opioid" in recognise(["Tylenol 3"]).facts
    assert "opioid" not in recognise(["Tylenol 500"]).facts


def test_a_combination_has_the_facts_of_all_its_parts() -> None:
    assert recognise(["Zestoretic 20/12.5 mg"]).facts == {"ace_inhibitor", "thiazide", "water_tablet"}


def test_a_recognised_medicine_of_no_class_is_not_unknown() -> None:
    found = recognise(["metformin"])
    assert found.facts == frozenset()
    assert found.unrecognised == ()


def test_a_megabyte_for_a_name_is_one_unknown_medicine_cut_short() -> None:
    found = recognise(["x" * 1_000_000])
    assert len(found.unrecognised[0]) < 200


def test_blank_names_are_no_medicines() -> None:
    assert recognise(["", "  ", "\n"]).unrecognised == ()


def test_a_list_of_names_may_have_lines_commas_or_semicolons() -> None:
    assert split_names("warfarin, ibuprofen\n Lasix 40 mg ;\n") == ("warfarin", "ibuprofen", "Lasix 40 mg")
