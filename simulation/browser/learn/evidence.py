"""The numbers that stories and exercises report, each as a command printed it.

`evidence.toml` names the commands, `evidence.json` keeps what they printed, and texts ask for a
number by name: `{push_length.d_gain_48}` is the difference in `gain_48` of the study `push_length`,
with its 95 % interval. So no number is ever typed into a text.

    python -m simulation.browser.learn.evidence                # every study, again
    python -m simulation.browser.learn.evidence push_length    # this one

What is `copied` is read from results that another command keeps in the sources.

A comparison gives `a_`, `b_` and `d_` (B minus A, with its interval) before an outcome's name,
`ai_` and `bi_` for the sides with their intervals, `better_` (pairs in which B does better) and
`pairs`; a run gives the outcome itself with its interval, and `runs`.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from simulation.browser.learn import headline
from simulation.browser.words import say
from simulation.errors import InputError

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
"""The folder of the sources; an installed page has none."""
COMMANDS = HERE / "evidence.toml"
RESULTS = HERE / "evidence.json"
SIDES = ("a", "a_low", "a_high", "b", "b_low", "b_high", "difference", "low", "high")
DECIMALS = 3
"""Decimals of well-being and of gains; shares are whole percents."""


@dataclass(frozen=True)
class Study:
    """One command and what it came to.

    Attributes:
        name: how texts call it.
        command: the command that prints it again.
        outcomes: by outcome, its kind, its unit and its numbers.
        size: pairs of a comparison, or runs.
        counts: further whole numbers by name.
    """

    name: str
    command: str
    outcomes: Mapping[str, Mapping[str, Any]]
    size: int
    counts: Mapping[str, int] = field(default_factory=dict)

    def __getattr__(self, wanted: str) -> str:
        """Return a number in words; see the module for the names.

        Raises:
            AttributeError: for a number that the study has not.
        """
        if wanted in ("pairs", "runs"):
            return str(self.size)
        if wanted in self.counts:
            return str(self.counts[wanted])
        if wanted in self.outcomes and "value" in self.outcomes[wanted]:
            return _ranged(self.outcomes[wanted], ("value", "low", "high"))
        part, _, outcome = wanted.partition("_")
        row = self.outcomes.get(outcome)
        if row is None or "difference" not in row:
            raise AttributeError(f"the study {self.name} has no {wanted}")
        if part in ("a", "b"):
            return in_words(row, row[part])
        if part in ("ai", "bi"):
            return _ranged(row, (part[0], f"{part[0]}_low", f"{part[0]}_high"))
        if part == "d":
            return _ranged(row, ("difference", "low", "high"), signed=True)
        if part == "better":
            return str(row["better"])
        raise AttributeError(f"the study {self.name} has no {wanted}")


def in_words(row: Mapping[str, Any], value: float, *, signed: bool = False) -> str:
    """Return a value with its unit: shares in percent, differences of shares in points."""
    share = row["share"]
    text = f"{100 * value:.0f}" if share else f"{value:.{row.get('decimals', DECIMALS)}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    elif signed and value > 0:
        text = f"+{text}"
    text = text.replace("-", "−")
    if not share:
        return text
    return say("learn.number.points" if signed else "learn.number.share", value=text)


def _ranged(row: Mapping[str, Any], keys: tuple[str, str, str], *, signed: bool = False) -> str:
    """Return a value and its 95 % interval in words."""
    value, low, high = (in_words(row, row[key], signed=signed) for key in keys)
    return say("learn.number.ranged", value=value, low=low, high=high)


# ---------------------------------------------------------------------------- reading


@cache
def commands() -> dict[str, dict[str, Any]]:
    """Return, by study, the command and the outcomes kept."""
    read: dict[str, dict[str, Any]] = tomllib.loads(COMMANDS.read_text(encoding="utf-8"))
    return read


@cache
def studies() -> dict[str, Study]:
    """Return all studies by name, with their results.

    Raises:
        InputError: where a study has no results, or those of another command.
    """
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    found = {}
    for name, asked in commands().items():
        kept = results.get(name)
        if kept is None or kept["command"] != asked["command"]:
            raise InputError(
                "there are no results of this command",
                file=RESULTS.name,
                key=name,
                mend=f"python -m simulation.browser.learn.evidence {name}",
            )
        found[name] = Study(name, **kept)
    return found


def tell(key: str) -> str:
    """Return a text of the catalogue with the numbers of all studies filled in."""
    return say(key, **studies())


# ---------------------------------------------------------------------------- making


def kept(printed: Mapping[str, Any], outcomes: list[str]) -> dict[str, Any]:
    """Return what is kept of a summary that `kindling run` or `compare` printed with --json."""
    if "effects" in printed:
        rows = {}
        for name in outcomes:
            effect = printed["effects"][name]
            rows[name] = {"share": _is_share(effect), "better": _whole(effect["b_better"])}
            rows[name] |= {side: effect[side] for side in SIDES}
        return {"size": printed["replicates"], "outcomes": rows}
    rows = {}
    for name in outcomes:
        found = printed["outcomes"][name]
        value = found["share"] if found["kind"] == "share" else found["mean"]
        rows[name] = {"share": _is_share(found), "value": value}
        rows[name] |= {"low": found["low"], "high": found["high"]}
    return {"size": printed["replicates"], "outcomes": rows}


def _is_share(row: Mapping[str, Any]) -> bool:
    return bool(row["kind"] == "share" or row["unit"] == "share")


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def make(names: list[str]) -> None:
    """Run the commands of these studies and keep what they print.

    Raises:
        InputError: for a name that is no study.
    """
    for name in names:
        if name not in commands():
            raise InputError("no such study", found=name, allowed=", ".join(commands()))
        asked = commands()[name]
        if "copied" in asked:
            found = headline.copied(ROOT / asked["copied"])
        else:
            found = kept(_printed(asked["command"]), asked["outcomes"])
        _keep(name, {"command": asked["command"], **found})


def _printed(command: str) -> dict[str, Any]:
    """Return the summary that a `kindling` command prints with --json."""
    line = [sys.executable, "-m", "simulation.cli", *shlex.split(command)[1:], "--json"]
    told = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    summary: dict[str, Any] = json.loads(told)
    return summary


def _keep(name: str, found: dict[str, Any]) -> None:
    """Write the results of one study beside those of the others, in the order of the commands."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results[name] = found
    ordered = {study: results[study] for study in commands() if study in results}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(sys.argv[1:] or list(commands()))
