"""What a scenario file gets wrong is told in one line: file, key, found, allowed, nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.timeline import Newcomers
from tests.scenario_files import TOWN, load, refusal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    return tmp_path


EVENT = '[[events]]\nid = "e"\nmonth = 1\n'
NEW_HOME = Newcomers(id="e", month=1, kind="newcomers", count=50, groups=("north",)).homes(400)[10]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("months = 1.5", "months: wrong type (found 1.5; allowed: a whole number from 1 to 12000)"),
        ('months = "3"', "months: wrong type (found '3'; allowed: a whole number"),
        ("months = true", "months: wrong type (found True"),
        ("months = 0", "months: out of range (found 0; allowed: a whole number from 1 to 12000)"),
        ("months = inf", "months: wrong type (found inf"),
        ("months = 9223372036854775808", "months: whole number out of range"),
        ("titel = 'x'", "titel: unknown key; did you mean 'title'?"),
        (
            "[activation]\nrate = 1",
            "did you mean 'parameters.activation'?",
        ),
        (
            "[parameters.activation]\nrtae = 1",
            "parameters.activation.rtae: unknown key; did you mean 'parameters.activation.rate'?",
        ),
        (
            "[parameters.activation]\nstep = 0.1",
            "unknown key; did you mean 'parameters.allocation.step'?",
        ),
        (
            '[parameters.activation]\nresponse = "stpe"',
            "not one of the choices (found 'stpe'; allowed: 'step', 'logistic', 'linear'); did you "
            "mean 'step'?",
        ),
        (
            "[parameters.activation]\nrungs = 3",
            "not one of the choices (found 3; allowed: 1, 2)",
        ),
        (
            "[parameters.activation]\nexit = 0.9",
            "parameters.activation: exit + burnout_exit + rejection * rate must not exceed 1",
        ),
        (
            "[[groups]]\nname = 'north'\nconditions = 1.5",
            "groups.north.conditions: out of range (found 1.5; allowed: a table with housing, "
            "health, livelihood or a number from 0 to 1)",
        ),
        (
            "[[groups]]\nname = 'north'\nconditions = { housing = 1 }",
            "groups.north.conditions.health: is missing (allowed: a number from 0 to 1); and 1",
        ),
        (
            "[[groups]]\nname = 'south side'\nsiez = 3",
            "did you mean 'groups.\"south side\".size'?",
        ),
        ("[[groups]]\nname = 'new'", "groups.new.size: is missing"),
        ("[[groups]]\nsize = 4", "groups[#3].name: is missing"),
        (
            "groups = 3",
            "groups: wrong type (found 3; allowed: a list of tables of 1 to 100",
        ),
        (
            "[[groups]]\nname = 'nrth'\nremove = true",
            "groups.nrth: there is no such entry to remove in the scenario that is extended (found "
            "'nrth'); did you mean 'north'?",
        ),
        ("[[groups]]\nname = 'x'\n[[groups]]\nname = 'x'", "groups.x: two entries have this name"),
        (
            "[[institutions]]\nname = 'clinic'\nsector = 'hospitl'",
            "institutions.clinic.sector: not one of the choices",
        ),
        (
            "[[institutions]]\nname = 'clinic'\nleader_seats = 3\nresident_seats = 5",
            "institutions.clinic: resident_seats (5) must not exceed leader_seats (3)",
        ),
        (EVENT + "kind = 'fundin'", "events.e.kind: there is no such kind (found 'fundin'"),
        (EVENT + "kidn = 'funding'", "events.e.kidn: unknown key; did you mean 'events.e.kind'?"),
        (EVENT, "events.e.kind: is missing"),
        ("[[events]]\nid = 'push'\nduration = 0", "events.push.duration: out of range (found 0"),
        (
            "[[events]]\nid = 'push'\nuses = { organising = 0.7, cash = 0.7 }",
            "events.push.uses: the shares of a funding's uses must not exceed 1 together",
        ),
        ("answers = ['Q31']", "answers[#1]: not of the right form (found 'Q31'"),
        ("seed = 2020-01-01", "seed: dates and times have no place in a scenario"),
        ("extends = 'x'", "not valid TOML: the same key is given twice"),
        ("schema = 2", "schema: not one of the choices (found 2; allowed: 1)"),
        ('"a\\u001bb" = 3', '"a\\u001bb": unknown key'),
        ("x" * 400 + " = 1", "x…: unknown key"),
        (f"answers = {'[' * 50}{']' * 50}", "nested too deeply"),
        ("[ties]\ndegree = 7", "ties: degree must be an even whole number"),
        ("[ties]\nkind = 'file'", "ties: kind 'file' needs a path"),
        ("[ties]\nkind = 'flie'", "ties.kind: not one of the choices (found 'flie'"),
    ],
)
def test_one_clear_line(folder: Path, text: str, line: str) -> None:
    refused = refusal(f"extends = 'town.toml'\n{text}\n")
    assert refused.startswith("mine.toml: ")
    assert line in refused


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("month = ['sense', 'sens']", "month: there is no process of this name (found 'sens'"),
        ("month = ['sense', 'sense']", "month: a process runs once a month"),
        ("[[connectors]]\nemployer = 'clinc'", "employer: there is no institution of this name"),
        ("[[connectors]]\nplace = 'hill'", "place: there is no place of this name (found 'hill'"),
        (EVENT + "kind = 'promise'\nkept = true\ngroups = ['nrth']", "did you mean 'north'?"),
        (EVENT + "kind = 'funding'\nplaces = ['hill']", "events.e.places: there is no place"),
        (EVENT + "kind = 'share_seats'\ninstitutions = ['x']", "there is no institution of"),
        (EVENT + "kind = 'loud_voice'\ngroups = ['north', 'north']", "this group is named twice"),
        (
            EVENT + "kind = 'set'\nkey = 'leadership.vacancy'\nvalue = 3",
            "(found 'leadership.vacancy'); did you "
            "mean 'leadership.vacancy_months'?",
        ),
        (
            EVENT + "kind = 'set'\nkey = 'leadership.vacancy_months'\nvalue = -3",
            "events.e.value: leadership.vacancy_months: ",
        ),
        (EVENT + "kind = 'set'\nkey = 'activation.rungs'\nvalue = 'two'", "events.e.value"),
        (EVENT + "kind = 'set'\nkey = 'allocation.least'\nvalue = 0.9", "must not exceed most"),
        (EVENT + "kind = 'set'\nkey = 'start.opinion'\nvalue = 0.9", "the start is over"),
        (
            EVENT + "kind = 'set'\nkey = 'activation.exit'\nvalue = 0.6\n"
            + EVENT.replace('"e"', '"f"')
            + "kind = 'set'\nkey = 'activation.burnout_exit'\nvalue = 0.4",
            "events.f.value: together with others in month 1: ",
        ),
        (
            EVENT + "kind = 'recruit'\ntarget = { pick = 'person', people = [400] }",
            "events.e.target.people: nobody can have this id (found 400; allowed: 0 to 399)",
        ),
        (
            EVENT + "kind = 'leader_leaves'\ntarget = { pick = 'neighbourhood', people = [4] }",
            "events.e.target.pick",
        ),
        ("[[institutions]]\nname = 'big'\nsector = 'school'\nleader_seats = 63\n"
         "[[groups]]\nname = 'north'\nsize = 10\n[[groups]]\nname = 'south side'\nsize = 10",
         "more leadership seats than people (found 65; allowed: up to 20"),
        ("[[institutions]]\nname = 'clinic'\nleader_seats = 9\nresident_seats = 9\n"
         "[[groups]]\nname = 'north'\nsize = 8\n[[groups]]\nname = 'south side'\ncommuters = 1",
         "more seats held by residents than residents who live here (found 9; allowed: up to 8"),
        ("[[groups]]\nname = 'north'\nsize = 0\n[[groups]]\nname = 'south side'\nsize = 0",
         "groups: a community needs somebody in it"),
        ("[[groups]]\nname = 'north'\nsize = 9999999", "groups: too many people"),
        ("[[groups]]\nname = 'north'\ncommuters = 1\n"
         "[[groups]]\nname = 'south side'\ncommuters = 1",
         "groups.north.commuters: nobody lives here"),
        ("[parameters.allocation]\nleast = 0.6", "allocation.least: must not exceed most"),
        ("[parameters.start]\nskill_low = 0.9", "parameters.start.skill_low: must not exceed"),
        ("[parameters.leadership]\nknowledge_high = 0.1", "knowledge_low must not exceed"),
        ("[parameters.leadership]\nbench_group = 2", "bench_group: there is no group"),
        ("[parameters.housing]\nnewcomer_group = 5", "newcomer_group: there is no group"),
        ("[parameters.allocation]\nmode = 'schedule'", "needs at least one entry"),
        ("[parameters.allocation]\nschedule = [[2, 0.1], [1, 0.1]]", "the months of its entries"),
        ("[parameters.allocation]\nschedule = [[2, 1.1]]", "the share from month 2 is out"),
        ("[ties]\ndegree = 400", "ties.degree: 400 people cannot have 400 ties each"),
        ("[ties]\nkind = 'moore'\nwidth = 7", "ties.width: 400 people do not fill whole rows"),
        ("[ties]\nkind = 'blocks'\ndegree = 200\nhomophily = 1", "ties.homophily: a group of 100"),
        ("[ties]\nkind = 'geometric'\ndegree = 390", "ties.degree"),
        ("[ties]\ndegree = 40\n[[places]]\nname = 'a'\nshare = 9\n[[places]]\nname = 'b'",
         "ties.degree: in place 'b', 40 people cannot have 40 ties each"),
        ("[ties]\nkind = 'complete'\n[parameters.dialogue]\nconfidence = 0.5\n"
         "[[groups]]\nname = 'north'\nsize = 3000",
         "parameters.dialogue.confidence: in a complete space of 2,000 people or more"),
        ("[ties]\nkind = 'complete'\n[[groups]]\nname = 'north'\nsize = 3000\n"
         + EVENT + "kind = 'set'\nkey = 'dialogue.confidence'\nvalue = 0.5",
         "events.e.value: in a complete space"),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_together(folder: Path, text: str, line: str) -> None:
    refused = refusal(f"extends = 'town.toml'\n{text}\n")
    assert refused.startswith("mine.toml: ")
    assert line in refused


def test_what_does_fit_together(folder: Path) -> None:
    for text in (
        "[[groups]]\nname = 'empty'\nsize = 0",
        "month = ['sense', 'events', 'record']",
        EVENT + "kind = 'set'\nkey = 'activation.reinforcement'\nvalue = 1\n",
        EVENT
        + "kind = 'newcomers'\ncount = 50\ngroups = ['north']\n"
        + EVENT.replace('"e"', '"f"')
        + f"kind = 'recruit'\ntarget = {{ pick = 'person', people = [{NEW_HOME}] }}",
        EVENT + "kind = 'leader_leaves'\ntarget = { pick = 'person', people = [3000001000] }",
        "[ties]\nkind = 'complete'\n[[groups]]\nname = 'north'\nsize = 3000",
        "[ties]\nkind = 'moore'\nwidth = 8",
    ):
        assert load(f"extends = 'town.toml'\n{text}\n").size >= 400
