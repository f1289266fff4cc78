"""The geometry, with figures that one can check by hand."""

from __future__ import annotations

import pytest

from uncramp.figures.body import LENGTH, widths
from uncramp.figures.motion import key_frames
from uncramp.figures.outline import smooth
from uncramp.figures.scene import inherited, read_scene
from uncramp.figures.solve import Placed, placed
from uncramp.figures.vectors import nearest, polar, turned, two_bones

STAND = {"title": "t", "desc": "d", "pose": [{"root": {"fix": "hip", "at": [0.0, 0.5]}}]}


def stand(**pose: object) -> Placed:
    table = {**STAND, "pose": [{**STAND["pose"][0], **pose}]}  # type: ignore[dict-item]
    return placed(read_scene("x", table), 0, 0.0)[0]


def test_two_bones_of_three_and_four_reach_five_at_a_right_angle() -> None:
    first, second = two_bones((0, 0), (5, 0), 3, 4, 1)
    assert abs(first - second) == pytest.approx(90)
    elbow = polar(3, first)
    end = polar(4, second)
    assert (elbow[0] + end[0], elbow[1] + end[1]) == pytest.approx((5, 0))
    assert elbow[1] > 0


def test_a_goal_out_of_reach_is_pointed_at() -> None:
    assert two_bones((0, 0), (0, 9), 1, 1, -1) == pytest.approx((90, 90), abs=0.2)


def test_a_turn_by_ninety_degrees_goes_up() -> None:
    assert turned((1, 0), 90) == pytest.approx((0, 1))


def test_an_angle_is_written_close_to_the_one_before() -> None:
    assert nearest(350, 10) == -10
    assert nearest(-170, 180) == 190


def test_who_stands_has_the_head_above_the_hip_and_the_foot_below() -> None:
    points = stand().points
    assert points["head"][0] == pytest.approx(0)
    assert (
        points["head"][1] > points["nape"][1] > points["hip"][1] > points["n_knee"][1] > points["n_heel"][1]
    )
    assert points["n_toe"][0] > points["n_heel"][0]


def test_the_heel_comes_to_where_it_is_wanted() -> None:
    points = stand(n_leg={"to": [0.1, 0.03]}).points
    assert points["n_heel"] == pytest.approx((0.1, 0.03), abs=1e-4)


def test_the_foot_keeps_its_bend_to_the_shin() -> None:
    parts = stand(n_flex=10, n_leg={"to": [0.15, 0.02]}).parts
    assert parts["n_foot"].angle - parts["n_shin"].angle == pytest.approx(100)


def test_the_palm_comes_to_a_place_on_the_thigh() -> None:
    figure = stand(n_thigh=0, n_reach={"to": {"on": "n_thigh", "t": 0.5, "side": "front"}})
    x, y = figure.points["n_palm"]
    assert x == pytest.approx(LENGTH["thigh"] / 2)
    assert y == pytest.approx(
        0.5 + widths(((0, 0.058, 0.066), (0.22, 0.060, 0.063), (0.6, 0.049, 0.052)), 0.5)[0]
    )


def test_what_is_out_of_reach_is_told() -> None:
    assert stand(n_leg={"to": [2.0, 0.0]}).short["n_leg"] > 1


def test_a_pose_between_two_lies_half_way() -> None:
    table = {**STAND, "pose": [{"spine": 90}, {"spine": 60}]}
    assert placed(read_scene("x", table), 0, 0.5)[0].parts["lumbar"].angle == 75


def test_a_later_key_keeps_what_it_does_not_restate() -> None:
    first, then = inherited([{"spine": 80, "n_reach": {"to": [0, 0]}}, {"head": 60}])
    assert then["spine"] == 80
    assert then["n_reach"] == first["n_reach"]
    assert first["head"] == 80


def test_the_angle_of_an_arm_takes_back_what_its_hand_was_to_reach() -> None:
    assert "n_reach" not in inherited([{"n_reach": {"to": [0, 0]}}, {"n_arm": -90}])[1]


def test_a_figure_that_faces_left_is_mirrored() -> None:
    figure = Placed(facing=-1, x0=1.0)
    assert figure.world((0.25, 0.5)) == (0.75, 0.5)
    assert figure.own(figure.world((0.25, 0.5))) == (0.25, 0.5)


def test_a_smooth_outline_begins_at_its_first_point_and_closes() -> None:
    path = smooth([(0, 0), (10, 0), (10, 10)])
    assert path.startswith("M0 0c")
    assert path.endswith("z")


def test_key_frames_hold_the_start_and_the_end() -> None:
    rule = key_frames("k", [0.0, 1.0], [(0.0, 0.0, 0.0), (1.0, 0.0, 90.0)], cycle=False)
    assert rule.startswith("@keyframes k{0%,9%{")
    assert "91%,to{transform:translate(1px,0px) rotate(90deg)}" in rule
