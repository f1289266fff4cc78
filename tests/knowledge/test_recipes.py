"""`[[column]]`: every file's columns can be made, what they believe is sober, and faults are named."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from uncramp.knowledge.crosscheck import problems
from uncramp.knowledge.reader import HERE, BrokenKnowledge, Knowledge
from uncramp.knowledge.recipes import recipe_faults
from uncramp.model import Recipe, Remedy, Trigger

K = Knowledge()
THINGS: tuple[Trigger | Remedy, ...] = (*K.triggers, *K.remedies)
RECIPES = [(thing.id, recipe) for thing in THINGS for recipe in thing.recipes]
NOBODY_CAN_WRITE_DOWN_FROM_DAY_TO_DAY = {
    "older_age", "male_sex", "family_history", "flat_foot", "foot_weakness", "body_and_smoking", "allergies",
    "chronic_disease", "earlier_tendon_injury", "running_injury", "muscle_tightness", "nerve_problem",
    "lumbar_stenosis", "motor_neurone_disease", "low_calcium", "low_magnesium", "low_potassium", "low_sodium",
    "carbohydrate", "sleep_posture", "other_medicines",
    # The model has a season of its own.
    "season",
}  # fmt: skip


def test_every_cause_has_a_column_but_for_those_that_nobody_can_write_down() -> None:
    without = {trigger.id for trigger in K.triggers if not trigger.recipes}
    assert without == NOBODY_CAN_WRITE_DOWN_FROM_DAY_TO_DAY


@pytest.mark.parametrize(("name", "recipe"), RECIPES)
def test_each_column_can_be_made_and_says_why_it_is_believed(name: str, recipe: Recipe) -> None:
    assert not [*recipe_faults(recipe, K.exposures, K.vocabulary)], name
    assert len(recipe.prior.why) > 40
    if recipe.prior.own_guess:
        assert "guess" in recipe.prior.why or "inference" in recipe.prior.why


@pytest.mark.parametrize(("name", "recipe"), RECIPES)
def test_no_prior_takes_a_large_effect_for_granted(name: str, recipe: Recipe) -> None:
    """The rate ratio that is twice as likely to be exceeded as not stays between a third and three."""
    prior = recipe.prior
    assert 1 / 3 < math.exp(prior.mean) < 3, name
    assert prior.inclusion <= 0.35 or name == "earlier_cramp"


def test_what_one_can_write_down_of_a_day_has_a_column_in_the_rest_table() -> None:
    read = {recipe.exposure for _, recipe in RECIPES if "rest" in recipe.tables}
    assert set(K.exposures) <= read


def test_no_two_columns_of_a_table_are_made_the_same_way() -> None:
    for table in ("rest", "effort"):
        made = [(r.exposure, r.field, r.fact, r.summary, r.span) for _, r in RECIPES if table in r.tables]
        assert len(made) == len(set(made))


ALCOHOL = next(recipe for name, recipe in RECIPES if name == "alcohol" and recipe.tables == ("rest",))


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (replace(ALCOHOL, exposure="wine"), "no exposure 'wine'"),
        (replace(ALCOHOL, exposure=""), "it reads an exposure, or a fact that holds"),
        (replace(ALCOHOL, fact="statin"), "it reads an exposure, or a fact that holds"),
        (replace(ALCOHOL, exposure="", fact="age", summary="holds"), "no lasting fact 'age'"),
        (replace(ALCOHOL, field="minutes"), "no field 'minutes'"),
        (replace(ALCOHOL, summary="often"), "no summary 'often'"),
        (replace(ALCOHOL, summary="per_hour"), "no summary 'per_hour' in the table rest"),
        (replace(ALCOHOL, summary="average"), "needs a span"),
        (replace(ALCOHOL, unit="glasses"), "the unit is not that of alcohol: drinks"),
        (replace(ALCOHOL, lags=(0, 4)), "lags go up from 0"),
        (replace(ALCOHOL, lags=(1, 0)), "lags go up from 0"),
        (replace(ALCOHOL, summed=(7, 28)), "summed is one window"),
        (replace(ALCOHOL, high_words=ALCOHOL.low_words), "low and high need words"),
        (replace(ALCOHOL, prior=replace(ALCOHOL.prior, inclusion=0.9)), "inclusion is a probability"),
        (replace(ALCOHOL, prior=replace(ALCOHOL.prior, either=True)), "has a direction"),
        (replace(ALCOHOL, prior=replace(ALCOHOL.prior, mean=2.0)), "the mean of the log rate ratio"),
        (replace(ALCOHOL, prior=replace(ALCOHOL.prior, sd=0.0)), "the sd of the log rate ratio"),
        (replace(ALCOHOL, prior=replace(ALCOHOL.prior, why="")), "why is a sentence"),
    ],
)
def test_a_column_that_cannot_be_made_is_told_by_what_is_wrong_with_it(broken: Recipe, says: str) -> None:
    assert any(says in fault for fault in recipe_faults(broken, K.exposures, K.vocabulary))


def changed(folder: Path, old: str, new: str) -> Knowledge:
    copytree(HERE, folder / "k", ignore=lambda _, names: [n for n in names if n == "__pycache__"])
    path = folder / "k" / "triggers" / "alcohol.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Knowledge(folder / "k")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("inclusion = 0.25\n", "", "inclusion"),
        ('summary = "sum"\n', 'summary = "sum"\nlag = 3\n', "lag"),
        ('high = "days', 'hihg = "days', "high"),
        ('kind = "number"', 'kind = "numbers"', "numbers"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_key(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    with pytest.raises(BrokenKnowledge, match=rf"knowledge/triggers/alcohol.toml: .*{key}"):
        _ = changed(tmp_path, old, new).triggers


def test_a_fault_in_a_column_is_named_with_its_file(tmp_path: Path) -> None:
    (fault,) = problems(
        changed(tmp_path, 'sources = ["delacour_2018"]\nown_guess', 'sources = ["x"]\nown_guess')
    )
    assert fault == "knowledge/triggers/alcohol.toml, column 1: no source 'x'"
