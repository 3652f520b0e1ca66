"""The choices of a scenario: what an option sets, which one is in force, and what is refused."""

from __future__ import annotations

import pytest

import scenarios
from scenarios.choices import check_choices, in_force, settings_of
from simulation.errors import InputError
from simulation.fingerprint import specification_id


def choice(specification, name):
    return next(c for c in specification.choices if c.name == name)


@pytest.mark.parametrize("name", scenarios.names())
def test_every_shipped_option_can_be_taken(name):
    specification = scenarios.load(name)
    check_choices(specification)
    for c in specification.choices:
        for place, option in enumerate(c.options):
            taken = scenarios.with_settings(specification, settings_of(specification, option))
            assert in_force(taken, c) == place


def test_the_preset_stands_at_one_option_of_each_choice():
    demo = scenarios.load("demo")
    assert [in_force(demo, c) is not None for c in demo.choices] == [True] * 4


def test_a_star_stands_for_every_entry():
    demo = scenarios.load("demo")
    settings = settings_of(demo, choice(demo, "foresight").options[0])
    assert settings["institutions.hospital.present_bias"] == 0.5
    assert settings['institutions."community organisation".horizon'] == 36
    assert len(settings) == 3 * len(demo.institutions)


def test_choices_change_no_run_id():
    demo = scenarios.load("demo")
    assert specification_id(demo) == specification_id(demo.model_copy(update={"choices": ()}))


def test_an_option_that_cannot_be_taken_is_refused_by_name(tmp_path):
    text = """
schema = 1
extends = "baseline"
[[choices]]
name = "leaders"
title = "Who leads?"
options = [{ set = { "leadership.turnover" = 0.1 } }, { set = { "leadership.turnover" = 7 } }]
"""
    file = tmp_path / "town.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"choices\.leaders\.options.*leadership\.turnover"):
        check_choices(scenarios.load(file))


def test_options_must_set_the_same_keys(tmp_path):
    text = """
schema = 1
[[choices]]
name = "leaders"
title = "Who leads?"
options = [{ set = { "leadership.turnover" = 0.1 } }, { set = { "leadership.learning" = 0.1 } }]
"""
    file = tmp_path / "town.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="must set the same keys"):
        scenarios.load(file)
