"""Learn, About and the kit: links open what they say, words are all there, numbers are made."""

import json
import re
import shlex
import tomllib
from functools import cache
from urllib.parse import urlsplit

import pytest

import scenarios
from experiments import compare, run
from simulation.browser.about.page import (
    LIMITS,
    REASONS,
    about_this,
    citation,
    counted,
    month,
    rule,
)
from simulation.browser.compare.link import read_link
from simulation.browser.learn import actions, evidence, headline, kit
from simulation.browser.learn.exercises import exercises, worked_out
from simulation.browser.learn.glossary import folded, matching, terms
from simulation.browser.learn.script import AGENDA, ROLES, Card, Grid, blocks, prompts
from simulation.browser.learn.stories import step, stories
from simulation.browser.session.course import Course
from simulation.browser.session.setup import CHARTS
from simulation.browser.session.share import from_query
from simulation.browser.words import known, table
from simulation.cli.main import COMMANDS, main
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.processes import registered

ROOT = evidence.ROOT
WORKSHOP = "docs/examples/workshop"


@cache
def mission() -> frozenset[str]:
    """Return the ids of the questions that the model's page lists."""
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    listed = page.partition("# Questions and mechanisms")[2].partition("\n# ")[0]
    return frozenset(re.findall(r"^\| ([A-Z]\d+) \|", listed, re.MULTILINE))


def opened(href: str) -> tuple[Course, ...]:
    """Return the courses that a link opens, as the pages read it."""
    parts = urlsplit(href)
    if parts.path == "/play":
        course, shown = from_query(parts.query)
        assert 0 <= shown <= course.months
        return (course,)
    assert parts.path == "/compare"
    return read_link(parts.query)[:2]


def links() -> list[tuple[str, str]]:
    """Return every link of stories, exercises and prompts, with a name."""
    steps = [
        (f"{story.name} {n}", story.href(n))
        for story in stories().values()
        for n in range(1, len(story.steps) + 1)
    ]
    return [
        *steps,
        *((exercise.name, exercise.href) for exercise in exercises()),
        *((prompt.id, prompt.href) for prompt in prompts() if prompt.href),
    ]


# ------------------------------------------------------------------------------------ links


def test_every_link_opens_towns_that_can_be_run() -> None:
    found = links()
    assert len(found) > 70
    for name, href in found:
        for course in opened(href):
            assert course.specification().months >= 120, name


def test_two_towns_of_a_link_differ() -> None:
    pairs = [opened(href) for _, href in links() if href.startswith("/compare")]
    assert len(pairs) > 20
    for a, b in pairs:
        assert a.seed == b.seed
        assert a.specification() != b.specification()


def test_a_link_says_story_step_and_guess() -> None:
    href = stories()["leader"].href(2)
    extra = from_query(urlsplit(href).query).extra
    assert extra == {"predict": "leadership", "story": "leader", "step": "2"}
    assert stories()["leader"].href(3).count("branch=29") == 1


def test_guesses_are_about_charts_that_there_are() -> None:
    asked = [s["predict"] for story in stories().values() for s in story.steps if "predict" in s]
    assert len(asked) >= 3
    assert set(asked) <= set(CHARTS)


@pytest.mark.parametrize(
    ("story", "number", "file"),
    [
        ("push", 5, "strong-push"),
        ("push", 6, "five-years"),
        ("leader", 4, "plan-for-leaders"),
        ("leader", 5, "leader-stays"),
    ],
)
def test_the_files_of_the_guide_are_the_towns_of_the_stories(
    story: str, number: int, file: str
) -> None:
    _, shown = opened(stories()[story].href(number))
    told = scenarios.load(ROOT / WORKSHOP / f"{file}.toml", months=40)
    one = CommunityModel(shown.specification().model_copy(update={"months": 40}), rng=1).run()
    two = CommunityModel(told, rng=1).run()
    assert one.series()["value"].equals(two.series()["value"])


def test_the_leader_leaves_in_the_month_after_the_fork() -> None:
    (course,) = opened(stories()["leader"].href(3))
    (leaving,) = (e for e in course.specification().events if e.kind == "leader_leaves")
    assert leaving.first == stories()["leader"].steps[2]["branch"] + 1


@pytest.mark.parametrize("town", [{"scenario": "demo", "seed": 3}, {"scenario": "nowhere"}])
def test_a_town_that_cannot_be_is_refused(town: dict[str, object]) -> None:
    with pytest.raises(InputError):
        actions.course(town)


# ---------------------------------------------------------------------------------- stories


def test_there_are_the_three_headline_stories_each_with_all_its_words() -> None:
    assert list(stories()) == ["push", "leader", "today"]
    for story in stories().values():
        assert set(story.answers) <= mission()
        assert len(story.findings()) >= 3
        for part in ("title", "question", "puzzle"):
            assert story.words(part)
        for limit in story.limits:
            assert story.words(f"limit.{limit}")


def test_steps_lead_from_the_first_to_the_last() -> None:
    for story in stories().values():
        shown = step(story.name, 1)
        for number in range(2, len(story.steps) + 1):
            assert shown.next_href == story.href(number)
            assert shown.onward("facilitator") == f"{story.href(number)}&view=facilitator"
            shown = step(story.name, number)
            assert (shown.number, shown.total) == (number, len(story.steps))
            assert all((shown.title, shown.say, shown.prompt))
        assert shown.next_query is shown.next_href is None


@pytest.mark.parametrize(("name", "number"), [("nothing", 1), ("push", 0), ("push", 99)])
def test_a_step_that_is_not_there_is_refused(name: str, number: int) -> None:
    with pytest.raises(InputError, match="no such"):
        step(name, number)


def test_the_towns_that_are_not_like_most_are_said_to_be_so() -> None:
    """What `town.seen` says of the one town that the room sees, in the years that it is about."""
    _, longer = opened(stories()["push"].href(6))
    lasting = run(longer.specification().model_copy(update={"months": 130}), replicates=1)
    assert lasting.outcomes["sustained_48"].item() == 1
    assert evidence.studies()["push_five_years"].outcomes["sustained_48"]["b"] < 0.75

    a, b = (c.specification() for c in opened(stories()["leader"].href(6)))
    pair = compare(*(s.model_copy(update={"months": 106}) for s in (a, b)), replicates=1)
    assert pair.effects.set_index("outcome").loc["gain_48", "difference"] < 0
    assert evidence.studies()["succession"].outcomes["gain_48"]["difference"] > 0


# --------------------------------------------------------------------------------- evidence


def test_every_number_of_a_text_is_one_that_a_command_printed() -> None:
    """No result is typed: a text with a digit behind a point, or a percentage, has it filled in."""
    told = table("stories") | {k: v for k, v in table("learn").items() if k.startswith("exercise")}
    for key, text in told.items():
        if ".found." in f".{key}" or key.endswith(".answer"):
            bare = re.sub(r"\{[^}]*\}", "", text)
            settings = {".03", ".985", ".97"}
            assert set(re.findall(r"\d*\.\d+", bare)) <= settings, key
            assert "%" not in bare, key


def test_results_are_those_of_the_commands() -> None:
    assert list(evidence.studies()) == list(evidence.commands())
    for study in evidence.studies().values():
        words = shlex.split(study.command)
        assert words[0] == "kindling"
        assert words[1] in {"run", "compare", "headline"}


def test_what_a_comparison_prints_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    towns = [f"docs/examples/small-town{which}.toml" for which in ("", "-longer")]
    words = ["compare", *(str(ROOT / town) for town in towns), "--replicates", "2"]
    assert main([*words, "--months", "30", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    found = evidence.kept(printed, ["worst_off", "tipped"])
    assert found["size"] == 2
    row = found["outcomes"]["worst_off"]
    assert row["b"] - row["a"] == pytest.approx(row["difference"], abs=1e-12)
    assert row["low"] <= row["difference"] <= row["high"]
    assert not row["share"]
    assert found["outcomes"]["tipped"]["share"]


def test_what_a_run_prints_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(ROOT / "docs/examples/small-town.toml"), "--replicates", "2"]
    assert main([*words, "--months", "24", "--json"]) == 0
    found = evidence.kept(json.loads(capsys.readouterr().out), ["gap_people", "tipped"])
    gap, tipped = found["outcomes"]["gap_people"], found["outcomes"]["tipped"]
    assert gap["low"] <= gap["value"] <= gap["high"]
    assert tipped["share"]
    assert tipped["value"] in {0.0, 0.5, 1.0}


def test_the_headline_numbers_are_those_of_the_experiment() -> None:
    kept = json.loads(evidence.RESULTS.read_text(encoding="utf-8"))["headline"]
    now = headline.copied(ROOT / "docs" / "headline")
    assert {key: kept[key] for key in now} == json.loads(json.dumps(now))
    numbers = json.loads((ROOT / "docs/headline/numbers.json").read_text(encoding="utf-8"))
    assert kept["counts"]["helps"] == numbers["verdict"]["helps"]
    assert numbers["verdict"]["text"].count("falsified") == 1


def test_numbers_are_told_in_words() -> None:
    rows = {
        "gain": {"share": False, "difference": 0.0012, "low": -0.0004, "high": 0.003, "better": 7},
        "tipped": {"share": True, "a": 0.0, "b": 0.625, "b_low": 0.47, "b_high": 0.758},
        "gap": {"share": False, "value": 0.2924, "low": 0.2909, "high": 0.2939},
    }
    rows["tipped"] |= {"difference": 0.625, "low": 0.447, "high": 0.758}
    study = evidence.Study("s", "kindling", rows, 40, {"draws": 9})
    assert study.d_gain == "+0.001 (0.000 to +0.003)"
    assert study.a_tipped == "0 %"
    assert study.bi_tipped == "62 % (47 % to 76 %)"
    assert study.d_tipped == "+62 points (+45 points to +76 points)"
    assert (study.gap, study.pairs, study.better_gain) == ("0.292 (0.291 to 0.294)", "40", "7")
    assert study.draws == "9"
    with pytest.raises(AttributeError, match="has no"):
        _ = study.c_gain


# -------------------------------------------------------------------- glossary and exercises


def test_terms_are_unique_and_whole() -> None:
    assert len(terms()) >= 40
    assert len({folded(term.term) for term in terms()}) == len(terms())
    for term in terms():
        assert all((term.term, term.plain, term.model, term.where))
    assert [term.key for term in terms()][:1] == ["activation_energy"]


def test_words_are_found_by_their_letters() -> None:
    assert next(term.key for term in matching("  CRITICAL ")) == "critical_mass"
    assert matching("") == terms()
    assert matching("xyzzy") == ()


def test_every_exercise_has_words_an_answer_and_a_command() -> None:
    assert 10 <= len(exercises()) <= 12
    for exercise in exercises():
        assert set(exercise.answers) <= mission()
        assert all(exercise.words(part) for part in ("title", "question", "change", "look"))
        assert "{" not in exercise.answer()
        assert exercise.commands
        assert all(shlex.split(c)[1] in COMMANDS for c in exercise.commands)


def test_what_is_worked_out_by_hand_is_what_the_formulas_say() -> None:
    assert worked_out() == {
        "filled_6": "86 %",
        "filled_24": "60 %",
        "half_life_985": "46",
        "half_life_97": "23",
        "contagion_low": "0.276",
        "contagion_high": "0.724",
    }


# ------------------------------------------------------------------------------------ the kit


def test_every_question_has_a_prompt() -> None:
    assert len(mission()) == 55
    assert {prompt.id for prompt in prompts()} == mission()
    assert {key.split(".")[1] for key in table("kit") if key.startswith("prompt.")} == mission()


def test_the_agenda_takes_ninety_minutes() -> None:
    times = [table("kit")[f"agenda.{name}.minutes"] for name in AGENDA]
    ends = [tuple(map(int, time.split("–"))) for time in times]
    assert [start for start, _ in ends] == [0, *(end for _, end in ends[:-1])]
    assert ends[-1][1] == 90


def test_the_kit_has_a_card_for_each_role_and_a_script() -> None:
    found = list(blocks())
    assert len([block for block in found if isinstance(block, Card)]) == len(ROLES) == 4
    assert len([block for block in found if isinstance(block, Grid)]) == 2


def test_the_pages_for_facilitators_are_fresh() -> None:
    mend = "run: python -m simulation.browser.learn.kit"
    assert kit.KIT.read_text(encoding="utf-8") == kit.kit(), mend
    text = kit.GUIDE.read_text(encoding="utf-8")
    assert text == kit.guide(text), mend
    with pytest.raises(InputError, match="marks"):
        kit.guide("no marks")


# -------------------------------------------------------------------------------------- About


def test_every_step_of_a_month_has_its_sentence() -> None:
    names = month()
    assert set(names) == {process.name for process in registered()} | {"spread"}
    for name in names:
        assert known(f"about.rule.{name}.says"), name
        title, says, source = rule(name)
        assert all((title, source))
        assert says.endswith(".")


def test_a_step_of_ones_own_is_said_to_be_that() -> None:
    title, says, _ = rule("gossip")
    assert title == "gossip"
    assert says == table("about")["rules.own"]


def test_five_reasons_stand_on_each_side_and_all_limits() -> None:
    for side in ("trust", "doubt"):
        assert all(known(f"about.{side}.{name}") for name in REASONS)
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    claims = page.partition("# What may not be claimed")[2].partition("\n# ")[0]
    assert len(LIMITS) == claims.count("- **")
    assert all(known(f"about.limits.{name}") for name in LIMITS)
    assert f"There are {counted()['parameters']} parameters" in page


def test_it_is_cited_as_the_file_says() -> None:
    cff = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    said = dict(re.findall(r"^(\w+): (.+)$", cff, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert about_this()["licence"] == project["license"] == said["license"]
    assert said["title"].strip('"') in citation()
    assert project["authors"][0]["name"] in citation()
