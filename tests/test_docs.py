"""The pages say what is so: made parts are fresh, code runs, links lead somewhere, names exist."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import scenarios
from docs.examples.gossip import Gossip
from experiments.reference_docs import ROOT, made, modules, pages, stale
from simulation.cli.main import COMMANDS, main
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.processes import register, unregister

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *pages()]
TOWN = "docs/examples/small-town.toml"
GOSSIP = "docs.examples.gossip:Gossip"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of code of a page in one language."""
    return [code for found, code in FENCE.findall(text_of(page)) if found == language]


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


@pytest.fixture
def in_the_sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand in the folder of the sources, as readers do, and forget Gossip afterwards."""
    monkeypatch.chdir(ROOT)
    yield
    unregister("gossip")


# ------------------------------------------------------------------------------- made parts


def test_made_parts_are_fresh() -> None:
    names = [page.name for page in stale()]
    assert names == [], "run: python -m experiments.reference_docs"


@pytest.mark.parametrize(
    ("page", "found", "changed"),
    [
        ("model.md", "| `activation.rate` | 0.25 |", "| `activation.rate` | 0.26 |"),
        ("model.md", "| `opinion` | 0-1 | float64 |", "| `opinion` | 0-2 | float64 |"),
        ("architecture.md", "| `chance.py` |", "| `luck.py` |"),
        ("own-process.md", 'name = "gossip"', 'name = "rumour"'),
        ("results.md", "| `gain_12` |", "| `gain_13` |"),
        ("scenarios.md", 'name = "hill"', 'name = "dale"'),
    ],
)
def test_a_change_in_a_made_part_is_noticed(page: str, found: str, changed: str) -> None:
    text = text_of(ROOT / "docs" / page)
    assert text.count(found) == 1
    spoilt = text.replace(found, changed)
    assert made(spoilt) == made(text) != spoilt


@pytest.mark.parametrize("text", ["<!-- made: nothing -->\n<!-- end -->", "<!-- made: state -->\n"])
def test_marks_that_lead_nowhere_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        made(text)


def test_every_module_is_on_the_map_with_its_words() -> None:
    page = text_of(ROOT / "docs" / "architecture.md")
    parts = dict(re.findall(r"^### `([\w/]+)/`\n(.*?)(?=^### |\Z|^<!--)", page, re.DOTALL | re.M))
    count = 0
    for package in modules.PACKAGES:
        for file in modules.sources(ROOT, package):
            words = modules.first_sentence(file)
            assert words, f"{file.relative_to(ROOT)} has no docstring"
            folder = parts[file.parent.relative_to(ROOT).as_posix()]
            if file.name == "__init__.py":
                assert words in folder
            else:
                assert f"| `{file.name}` | {words} |" in folder
            count += 1
    assert count > 100


# ---------------------------------------------------------------------------- code that runs


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
@pytest.mark.usefixtures("in_the_sources")
def test_python_of_a_page_runs_from_top_to_bottom(page: Path) -> None:
    names: dict[str, object] = {"__name__": "page"}
    for code in blocks(page, "python"):
        exec(compile(code, page.name, "exec"), names)


@pytest.mark.usefixtures("in_the_sources")
def test_the_pages_say_what_the_people_and_place_example_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = ROOT / "docs" / "results.md"
    (code,) = (c for c in blocks(page, "python") if "people_place" in c)
    exec(code, {})
    place, people = capsys.readouterr().out.split()
    assert f"the place gains {place}, its people only {people}" in text_of(page)


class TestGossip:
    """The example of a researcher's own process, on the real engine."""

    @pytest.fixture(autouse=True)
    def registered(self, in_the_sources: None) -> None:
        register(Gossip)

    def town(self, **gossip: float) -> CommunityModel:
        changes = {f"gossip.{name}": value for name, value in gossip.items()}
        return CommunityModel(scenarios.load(TOWN, overrides=changes, months=4), rng=5)

    def test_it_runs_after_dialogue(self) -> None:
        names = [process.name for process in self.town().processes]
        assert names[names.index("dialogue") + 1] == "gossip"

    def test_it_does_what_its_equation_says(self) -> None:
        town = self.town(rate=1.0, pull=0.5)
        before, trust = town.residents.grievance.copy(), town.ties.trust()
        Gossip().apply(town, town.parameters.gossip)
        moved = np.flatnonzero(town.residents.grievance != before)
        assert moved.size > 50
        for i in moved:
            row = town.ties.first_resident + i
            circle = slice(town.ties.start[row], town.ties.friends_end[row])
            friends = town.ties.target[circle] - town.ties.first_resident
            allowed = before[i] + 0.5 * trust[circle] * (before[friends] - before[i])
            assert np.isclose(town.residents.grievance[i], allowed, atol=1e-15).any()

    def test_switched_off_or_never_talking_it_changes_nothing(self) -> None:
        talking = self.town(rate=1.0).run().series()["value"].to_numpy()
        silent = self.town(rate=0.0).run().series()["value"].to_numpy()
        off = self.town(enabled=False).run().series()["value"].to_numpy()
        unregister("gossip")
        without = self.town().run().series()["value"].to_numpy()
        assert np.array_equal(silent, without)
        assert np.array_equal(off, without)
        assert not np.array_equal(talking, without)

    def test_it_joins_from_the_shell(self, capsys: pytest.CaptureFixture[str]) -> None:
        unregister("gossip")
        words = ["run", TOWN, "--process", GOSSIP, "--set", "gossip.rate=0.5", "--months", "3"]
        assert main([*words, "--json"]) == 0
        assert '"outcomes"' in capsys.readouterr().out
        unregister("gossip")
        assert main(["run", TOWN, "--set", "gossip.rate=0.5", "--months", "3", "--json"]) == 2


@pytest.mark.usefixtures("in_the_sources")
def test_the_example_of_extends_changes_what_its_comments_say() -> None:
    short, longer = (scenarios.load(TOWN), scenarios.load("docs/examples/small-town-longer.toml"))
    assert [e.duration for e in (*short.events, *longer.events)] == [24, 36]
    assert longer.events[0].model_copy(update={"duration": 24}) == short.events[0]
    assert [i.resident_seats for i in short.institutions] == [0, 1, 0]
    assert [i.resident_seats for i in longer.institutions] == [1, 1, 0]
    assert (len(short.connectors), len(longer.connectors)) == (1, 0)
    assert short.groups == longer.groups


# -------------------------------------------------------------------- names, links, commands


def shell_lines(page: Path) -> Iterator[list[str]]:
    for code in blocks(page, "sh"):
        for line in code.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words


def kindling_words() -> list[tuple[str, list[str]]]:
    """Return each `kindling …` in a block for the shell, or in code on a line of a page."""
    found = []
    for page in PAGES:
        lines = list(shell_lines(page))
        inline = re.findall(r"`(kindling [^`\n]+)`", FENCE.sub("", text_of(page)))
        lines += [shlex.split(text) for text in inline]
        for words in lines:
            if Path(words[0]).name == "kindling" and len(words) > 1:
                found.append((page.name, words[1:]))
            elif words[0] in ("uv", "uvx") and "kindling" in words:
                found.append((page.name, words[words.index("kindling") + 1 :]))
    return found


@pytest.mark.usefixtures("in_the_sources")
def test_every_command_named_in_the_pages_exists(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    overview, helps = capsys.readouterr().out, {}
    named = kindling_words()
    assert len(named) > 20
    for page, (command, *rest) in named:
        if command.startswith("-"):
            assert command in overview, f"{page}: kindling {command}"
            continue
        assert command in COMMANDS, f"{page}: kindling {command}"
        assert re.search(rf"^\W*{command}\b", overview, re.MULTILINE)
        if command not in helps:
            assert main([command, "--help"]) == 0
            helps[command] = capsys.readouterr().out
        for option in (word for word in rest if word.startswith("--") and word != "--help"):
            assert option in helps[command], f"{page}: kindling {command} {option}"
        for scenario in (word for word in rest if word.startswith("docs/")):
            scenarios.load(scenario)


def test_the_readme_has_every_command() -> None:
    table = re.findall(r"^\| `kindling ([\w-]+)` \|", text_of(ROOT / "README.md"), re.MULTILINE)
    assert sorted(table) == sorted(COMMANDS)


def test_every_make_target_and_module_named_exists() -> None:
    targets = set(re.findall(r"^(\w+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    seen = 0
    for page in PAGES:
        for name in re.findall(r"`make (\w+)`", text_of(page)):
            assert name in targets, f"{page.name}: make {name}"
            seen += 1
        for name in re.findall(r"python -m (experiments[\w.]*)", text_of(page)):
            assert importlib.util.find_spec(name) is not None, f"{page.name}: {name}"
    assert seen > 3


def test_every_file_named_exists() -> None:
    name = re.compile(r"`((?:simulation|scenarios|experiments|tests|docs)/[\w./-]+)`")
    seen = 0
    for page in PAGES:
        for path in name.findall(text_of(page)):
            assert (ROOT / path).exists(), f"{page.name}: {path}"
            seen += 1
    assert seen > 40


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(page))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{page.name}: {link}"
        inside = "docs" in page.relative_to(ROOT).parts
        assert not inside or (ROOT / "docs") in target.resolve().parents, f"{link} leaves docs/"


def test_every_question_of_the_sources_is_placed_once() -> None:
    ids = [f"{letter}{n}" for letter, last in zip("FAQSCL", (5, 5, 30, 6, 5, 4), strict=True)
           for n in range(1, last + 1)]  # fmt: skip
    rows = re.findall(r"^\| ([A-Z]\d+) \| .+ \| (\w+) \| .+ \|$", text_of(ROOT / "docs/model.md"),
                      re.MULTILINE)  # fmt: skip
    assert [row[0] for row in rows] == ids
    assert {row[1] for row in rows} == {"now", "partly", "later"}


def test_every_page_is_reached_from_the_start_page() -> None:
    start = text_of(ROOT / "docs" / "index.md")
    for page in pages():
        assert page.name == "index.md" or page.name in start
