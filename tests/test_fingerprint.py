"""Fingerprints: what changes a run's id, and what does not."""

import pytest

from simulation.fingerprint import code_hash, process_hash, result_id, run_id, without_docstrings
from simulation.processes import Process
from simulation.specification import specify

SOURCE = '''"""About."""
import math


class Thing:
    """A thing."""

    size: int = 3
    """How large."""

    def area(self, factor=1.0):
        """Return it."""
        return math.pi * self.size**2 * factor  # round
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""About."""', '"""Something else entirely."""'),
        ('"""Return it."""', '"""Return the area."""'),
        ('"""How large."""', '"""How wide."""'),
        ("  # round", "  # not a square"),
        ("\n\n\nclass", "\n\nclass"),
    ],
)
def test_words_and_layout_do_not_count(old, new):
    assert old in SOURCE
    assert without_docstrings(SOURCE) == without_docstrings(SOURCE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"), [("3", "4"), ("1.0", "1"), ("math.pi", "math.tau"), ("area", "Area")]
)
def test_code_counts(old, new):
    assert without_docstrings(SOURCE) != without_docstrings(SOURCE.replace(old, new))


def test_a_function_of_nothing_but_words_is_still_code():
    assert "f" in without_docstrings('def f():\n    """Only this."""\n')


def test_the_code_hash_is_kept_and_stays_the_same():
    first = code_hash()
    code_hash.cache_clear()
    assert code_hash() == first
    assert len(first) == 32


def test_an_id_depends_on_scenario_seed_and_replicate_only():
    town = specify(months=12)
    one = run_id(town, 1, 0)
    assert run_id(specify(months=12), 1, 0) == one
    assert run_id(town.model_copy(update={"seed": 99}), 1, 0) == one
    others = [
        run_id(specify(months=12, parameters={"activation": {"reinforcement": 2.25}}), 1, 0),
        run_id(town, 2, 0),
        run_id(town, 1, 1),
    ]
    assert len({one, *others}) == 4
    assert result_id([town], 1, 2) not in (one, result_id([town], 1, 1))
    assert result_id([town], 1, 1) != result_id([specify(months=13)], 1, 1)


def test_neither_months_nor_words_change_an_id():
    town, longer = specify(months=12), specify(months=13, title="A town", question="What then?")
    assert run_id(longer, 1) == run_id(town, 1)
    event = {"id": "push", "month": 3, "kind": "funding", "amount": 1.0}
    told = {**event, "title": "A grant"}
    one, two = (specify(events=[e]) for e in (event, told))
    assert run_id(one, 1) == run_id(two, 1) != run_id(town, 1)


def test_a_process_of_ones_own_counts_by_its_code():
    class Rain(Process):
        name = "rain"

        def apply(self, community, p):
            community.residents.wellbeing[:] *= 0.9

    class Sun(Process):
        name = "rain"

        def apply(self, community, p):
            community.residents.wellbeing[:] *= 0.8

    town = specify(months=12)
    assert len({run_id(town, 1, 0, own) for own in ((), (Rain,), (Sun,))}) == 3
    typed = {"Process": Process}
    for factor in ("0.9", "0.8"):
        exec(
            "class Typed(Process):\n    name = 'typed'\n"
            f"    def apply(self, community, p):\n        return {factor}\n",
            typed,
        )
        typed[factor] = typed["Typed"]
    assert process_hash(typed["0.9"]) != process_hash(typed["0.8"])


def test_ties_count_by_what_their_file_holds(tmp_path):
    file = tmp_path / "ties.csv"
    ids = []
    for text in ("0,1\n", "0,1\n", "0,2\n"):
        file.write_text(text)
        town = specify(ties={"kind": "file", "path": str(file)})
        ids.append(run_id(town, 1))
    assert ids[0] == ids[1] != ids[2]
    elsewhere = tmp_path / "copy.csv"
    elsewhere.write_text("0,2\n")
    assert run_id(specify(ties={"kind": "file", "path": str(elsewhere)}), 1) == ids[2]
