"""The message catalogue: every word that the page asks for is there, filled in right, and plain."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from simulation.browser import words
from simulation.errors import InputError

BROWSER = Path(words.__file__).parents[1]
SOURCES = sorted(p for p in BROWSER.rglob("*.py") if p.parent.name != "words")
ASKS = {"say", "known"}


def asked(file: Path) -> list[tuple[str, set[str] | None]]:
    """Return the keys that a file asks for in full, each with the names it fills in."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id == "say" and node.args and isinstance(node.args[0], ast.Constant):
            names = [keyword.arg for keyword in node.keywords]
            given = None if None in names else set(filter(None, names))
            found.append((node.args[0].value, given))
    return found


def texts(entry) -> list[str]:
    return list(entry.values()) if isinstance(entry, dict) else [str(entry)]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("file", SOURCES, ids=lambda p: p.relative_to(BROWSER).as_posix())
def test_every_key_asked_for_is_there_and_gets_what_it_names(file):
    for key, given in asked(file):
        entry = words.catalogue()[key]
        for text in texts(entry):
            if given:
                assert places(text) <= given, key


def test_keys_are_found_in_the_sources():
    assert sum(len(asked(file)) for file in SOURCES) > 100


def test_plural_forms_are_chosen_by_n():
    entries = words.catalogue().items()
    key = next(k for k, v in entries if isinstance(v, dict) and "{n}" in v["other"])
    one, many = words.catalogue()[key]["one"], words.catalogue()[key]["other"]
    names = dict.fromkeys(places(one) | places(many), "x")
    assert words.say(key, **{**names, "n": 1}) == one.format(**{**names, "n": 1})
    assert words.say(key, **{**names, "n": 7}) == many.format(**{**names, "n": 7})


def test_a_translation_is_a_folder_and_falls_back_to_english(tmp_path, monkeypatch):
    for name in ("en", "nl"):
        (tmp_path / name).mkdir()
    (tmp_path / "en" / "site.toml").write_text('[site]\nplay = "Play"\nstory = "Story"\n')
    (tmp_path / "nl" / "site.toml").write_text('[site]\nplay = "Spelen"\n')
    monkeypatch.setattr(words, "HERE", tmp_path)
    monkeypatch.setenv(words.LANGUAGE_VARIABLE, "nl")
    words.catalogue.cache_clear()
    try:
        assert (words.say("site.play"), words.say("site.story")) == ("Spelen", "Story")
        assert words.table("site") == {"play": "Spelen", "story": "Story"}
        with pytest.raises(InputError, match="no such language"):
            words.catalogue("xx")
        (tmp_path / "nl" / "site.toml").write_text("[site\n")
        words.catalogue.cache_clear()
        with pytest.raises(InputError, match=r"site\.toml"):
            words.catalogue("nl")
    finally:
        words.catalogue.cache_clear()


# ------------------------------------------------------------------------- plain words


def syllables(word: str) -> int:
    """Count a word's syllables roughly: groups of vowels, less a silent e."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and groups > 1
    return max(1, groups - silent)


def school_year(text: str) -> float:
    """Return the Flesch-Kincaid grade (Kincaid et al. 1975); 7 is an age of about twelve."""
    sentences = [s for s in re.split(r"[.!?:;]+", text) if re.search(r"[A-Za-z]", s)]
    found = re.findall(r"[A-Za-z']+", text)
    each = sum(map(syllables, found)) / len(found)
    return 0.39 * len(found) / len(sentences) + 11.8 * each - 15.59


def prose() -> list[tuple[str, str]]:
    """Return the entries of ten words and more, with their keys."""
    entries = ((k, t) for k, entry in words.catalogue().items() for t in texts(entry))
    return [(k, t) for k, t in entries if len(re.findall(r"[A-Za-z']+", t)) >= 10]


def test_the_page_reads_at_an_age_of_about_twelve():
    sections: dict[str, list[str]] = {}
    for key, text in prose():
        sections.setdefault(key.partition(".")[0], []).append(text)
    years = {name: school_year(". ".join(found)) for name, found in sections.items()}
    assert {name: round(year, 1) for name, year in years.items() if year > 8} == {}
