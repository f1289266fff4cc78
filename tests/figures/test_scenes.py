"""What every picture keeps: a person could do it, it says what it shows, and no joint opens as it moves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from statistics import median
from time import perf_counter
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.core.strategies import KNOWLEDGE
from tests.readability import grade
from uncramp import figures
from uncramp.figures import palette

POSES = KNOWLEDGE.poses
SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 35_000
WIDEST_GAP = 0.75
SLOWEST = 0.06
"""Seconds for the median picture."""
LONGEST_MOVEMENT = 5.0

PROMISES = ("cure", "heals", "relieves", "will stop", "will help", "always works", "safe", "prevents")

RELIEF = (
    "floor_straight", "bed_sit_up", "ice_sit", "bed_hands", "bed_strap", "bed_edge", "floor_stretch",
    "hold_rail", "kerb_stretch", "chair_stretch", "car_seat", "plane_seat", "pregnant_side",
    "pregnant_side_lower", "pregnant_seat", "partner_seat", "partner_bed", "partner_side", "partner_floor",
    "rub", "rub_bed", "rub_seat", "roller", "breathe", "ease_knee", "ease_bed", "rest_leg", "stop_sit",
    "ice", "warm", "warm_sit", "walk_test", "call", "slide_bed", "chair_straight", "pregnant_chair",
    "float_wave", "warm_chair", "ice_chair",
)  # fmt: skip
LATER = (
    "seat_stretch", "partner_raise", "elevate", "walk", "hinge", "bed_stand", "bed_sit",
    "bedtime_hamstring", "calf_wall", "bedtime_calf", "seated_calf", "down_dog", "triangle", "staff",
    "nordic", "bridge",
)  # fmt: skip


@cache
def drawn(name: str, moving: bool) -> str:
    return figures.draw(name, POSES[name], moving)


def scene(name: str) -> Mapping[str, Any]:
    return POSES[name]


every = pytest.mark.parametrize("name", sorted(POSES))


def test_all_scenes_are_there() -> None:
    assert set(POSES) == {*RELIEF, *LATER}


@every
def test_a_person_could_take_the_pose(name: str) -> None:
    assert figures.faults(name, scene(name)) == []


@every
def test_no_joint_opens_while_it_moves(name: str) -> None:
    assert figures.largest_gap(name, scene(name)) <= WIDEST_GAP


@every
@pytest.mark.parametrize("moving", [True, False])
def test_a_picture_is_a_drawing_with_a_name_and_its_words(name: str, moving: bool) -> None:
    root = ElementTree.fromstring(drawn(name, moving))
    assert root.get("role") == "img"
    labels = (root.get("aria-labelledby") or "").split()
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert [title.get("id"), desc.get("id")] == labels
    assert title.text == scene(name)["title"]
    assert desc.text == scene(name)["desc"]


@every
@pytest.mark.parametrize("moving", [True, False])
def test_every_id_stands_once_bears_the_name_of_its_scene_and_is_found(name: str, moving: bool) -> None:
    svg = drawn(name, moving)
    ids = re.findall(r'\sid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert all(one.startswith(f"{name}-") for one in ids)
    used = {*re.findall(r'href="#([^"]+)"', svg), *re.findall(r"url\(#([^)]+)\)", svg)}
    assert used <= set(ids)


@every
def test_a_picture_carries_no_script_no_written_words_and_nothing_from_elsewhere(name: str) -> None:
    svg = drawn(name, True)
    assert not re.search(r"<(script|text|image|foreignObject|animate)|\son\w+=", svg)
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")


@every
def test_a_still_picture_has_no_movement(name: str) -> None:
    assert "animation" not in drawn(name, False)
    assert "@keyframes" not in drawn(name, False)


@every
def test_a_moving_picture_stays_still_for_who_wants_that(name: str) -> None:
    svg = drawn(name, True)
    if "@keyframes" in svg:
        assert "@media(prefers-reduced-motion:reduce){.m{animation:none!important}}" in svg


@every
def test_a_moving_picture_rests_where_the_still_one_is(name: str) -> None:
    """The transform of each element is that of the end, so that it is what is left without the movement."""

    def transforms(svg: str) -> list[str]:
        return re.findall(r'transform="([^"]+)"', svg)

    assert transforms(drawn(name, True)) == transforms(drawn(name, False))


def test_the_movement_ends_before_anybody_would_need_a_button_for_it() -> None:
    assert palette.SECONDS * palette.RUNS <= LONGEST_MOVEMENT


@every
def test_a_picture_is_small(name: str) -> None:
    assert len(drawn(name, True).encode()) <= LARGEST


def test_a_picture_is_drawn_quickly() -> None:
    times = []
    for name, table in POSES.items():
        start = perf_counter()
        figures.draw(name, table, moving=True)
        times.append(perf_counter() - start)
    assert median(times) < SLOWEST


@every
def test_the_words_of_a_picture_are_plain_and_promise_nothing(name: str) -> None:
    words = scene(name)["desc"]
    assert grade(words) <= 8
    assert len(words) >= 40
    assert words.endswith(".")
    assert [promise for promise in PROMISES if promise in words.lower()] == []


@pytest.mark.parametrize(
    "name", [name for name in POSES if name.startswith("pregnant") or name == "partner_side"]
)
def test_a_pregnant_woman_shows_her_belly_and_never_lies_on_her_back(name: str) -> None:
    assert scene(name)["fig"]["belly"]
    assert "Lie on your back" not in scene(name)["desc"]
    lies = scene(name)["pose"][0]["spine"] > 150
    from_above = any(prop["t"] == "bed_from_above" for prop in scene(name)["props"])
    assert lies == from_above


def test_both_side_pictures_show_the_left_side_below() -> None:
    """The page mirrors a picture for a sore left leg; the lower one is drawn the other way round for that."""
    assert scene("pregnant_side").get("fig", {}).get("facing") is None
    assert scene("pregnant_side_lower")["fig"]["facing"] == "left"
    assert scene("pregnant_side_lower")["fig"]["affected"] == "f"


@pytest.mark.parametrize(("name", "bad"), [
    ("bed_hands", {"n_shin": 140}),
    ("floor_stretch", {"n_leg": {"to": [0.9, 0.0]}}),
    ("chair_stretch", {"f_leg": {"to": [0.19, -0.2]}}),
    ("calf_wall", {"n_reach": {"to": [0.5, 0.6]}}),
])  # fmt: skip
def test_a_pose_that_nobody_could_take_is_found(name: str, bad: Mapping[str, Any]) -> None:
    table = {**scene(name), "pose": [{**scene(name)["pose"][0], **bad}]}
    assert figures.faults(name, table) != []


def test_a_prop_that_cannot_be_drawn_is_found() -> None:
    assert figures.faults("walk", {**scene("walk"), "props": [{"t": "boat"}]}) == ["no prop 'boat'"]
