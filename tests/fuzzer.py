"""A seeded fuzzer: takes valid scenario and ties files and spoils them in many small ways."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import tomli_w


class Spoilt(NamedTuple):
    """A spoilt file: its name, its bytes, and the files that lie beside it."""

    name: str
    content: bytes
    beside: dict[str, bytes]


VALUES = (
    "true", "false", "0", "-1", "1", "2", "0.5", "-0.5", "1.5", "1e308", "-1e308", "1e400", "inf",
    "-inf", "nan", "+nan", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "0x" + "f" * 5000, "1" * 5000, "1_000", "0o17", "''", '""', '"x"', '"\\u0000"', '"\\u202e"',
    '"ÿ☃𝔘"', '"../../.."', '"/dev/zero"', '"\\n\\n"', "2020-01-01", "2020-01-01T25:00:00",
    "07:32:00",
    "[]", "[[]]", "[1, 'a', {}]", "{}", "{a = 1}", "{name = 'x'}", "[{}]", "[[1, 2, 3]]",
    "[" * 40 + "]" * 40, "[" * 3000 + "]" * 3000, "'" + "x" * 20000 + "'", "", "=", "]", "null",
    "'small_world'", "'file'", "'complete'", "'grid'", "'funding'", "'set'", "0.1e-320", "-0.0",
)  # fmt: skip

STATEMENTS = (
    "extends = 3", "extends = ''", "extends = 'no-such-scenario'", "extends = 'missing.toml'",
    "extends = '.'", "extends = '/dev/zero'", "extends = ['a', 'b']", "extends = \"a\\u0000b\"",
    "extends = 'other.toml'", "[parameters]", "[[groups]]", "[groups]", "[ties]", "[[events]]",
    "[[parameters.activation]]", "months.years = 1", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q = 1",
    "\"\" = 1", "'two words' = 1", "[" + "x." * 2000 + "x]", "remove = true", "schema = 2", "\x00",
    "# only a remark", "\ufeff", "[[groups]]\nname = 'north'\nremove = true", "size = 1",
)  # fmt: skip


def spoil_bytes(raw: bytes, luck: random.Random) -> bytes:
    """Change bytes without looking at what they mean."""
    at = luck.randrange(len(raw) + 1)
    end = min(len(raw), at + luck.randrange(1, 40))
    way = luck.randrange(9)
    if way == 0:
        return raw[:at] + bytes([luck.randrange(256)]) + raw[at + 1 :]
    if way == 1:
        return raw[:at] + raw[end:]
    if way == 2:
        return raw[:end] + raw[at:end] + raw[end:]
    if way == 3:
        return raw[:at]
    if way == 4:
        return raw[:at] + luck.randbytes(luck.randrange(1, 30)) + raw[at:]
    if way == 5:
        return raw[:at] + b"\x00" + raw[at:]
    if way == 6:
        return raw.decode("utf-8", "ignore").encode(
            luck.choice(["utf-16", "utf-32", "latin-1"]), "replace"
        )
    if way == 7:
        return luck.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80"]) + raw
    return raw.replace(b"\n", luck.choice([b"\r", b"\r\n", b" ", b"\n\n\n", b"\x85"]))


def misspell(word: str, luck: random.Random) -> str:
    """Drop, double, swap or replace one letter."""
    at = luck.randrange(len(word))
    way = luck.randrange(4)
    if way == 0:
        return word[:at] + word[at + 1 :]
    if way == 1:
        return word[:at] + word[at] + word[at:]
    if way == 2 and at:
        return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    return word[:at] + luck.choice("abcxyz_-.é \"'") + word[at + 1 :]


def spoil_lines(text: str, luck: random.Random, values: tuple[str, ...], mark: str) -> str:
    """Change keys, values and lines of a text in which `mark` stands between key and value."""
    lines = text.split("\n")
    at = luck.choice([n for n, line in enumerate(lines) if line.strip()])
    key, found, value = lines[at].partition(mark)
    other = luck.randrange(len(lines))
    way = luck.randrange(8)
    if way <= 2 and found:
        lines[at] = f"{key}{mark}{luck.choice(values)}"
    elif way == 3 and key.strip():
        lines[at] = misspell(key, luck) + found + value
    elif way == 4:
        lines.insert(other, lines[at])
    elif way == 5:
        del lines[at]
    elif way == 6:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = value + found + key
    return "\n".join(lines)


def spoil_statement(text: str, luck: random.Random) -> str:
    """Put a statement where it does not belong."""
    lines = text.split("\n")
    lines.insert(luck.choice([0, luck.randrange(len(lines) + 1)]), luck.choice(STATEMENTS))
    return "\n".join(lines)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container with each of its keys or positions."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def spoil_tree(text: str, luck: random.Random) -> str:
    """Change the values of a scenario and write it again: valid TOML, often a wrong scenario."""
    data = tomllib.loads(text)
    places = list(_places(data))
    where, key = luck.choice(places)
    way = luck.randrange(6)
    if way == 0:
        del where[key]
    elif way == 1:
        giver, name = luck.choice(places)
        where[key] = giver[name]
    elif way == 2 and isinstance(where, dict):
        where[misspell(key, luck) or "x"] = where.pop(key)
    elif way == 3 and isinstance(where, list):
        where.append(where[key])
    elif way == 4 and isinstance(where[key], int | float):
        where[key] *= luck.choice([-1, 0, 0.5, 2, 1e6, 1e300])
    else:
        where[key] = luck.choice([0, -1, 1.5, "", "x", True, [], {}, [1], float("nan"), 10**18])
    return tomli_w.dumps(data)


def spoilt_scenarios(bases: list[str], count: int, seed: int) -> Iterator[Spoilt]:
    """Yield spoilt scenario files made from valid ones."""
    luck = random.Random(seed)
    for n in range(count):
        name = f"spoilt-{n}.toml"
        if n % 20 == 0:
            yield _circle(name, luck)
            continue
        text = luck.choice(bases)
        raw = text.encode()
        for _ in range(luck.choice([1, 1, 1, 2, 4])):
            raw = _spoil_scenario(raw, luck)
        yield Spoilt(name, raw, {"other.toml": luck.choice(bases).encode()})


def _spoil_scenario(raw: bytes, luck: random.Random) -> bytes:
    ways: list[Callable[[str], str]] = [
        lambda text: spoil_lines(text, luck, VALUES, " = "),
        lambda text: spoil_statement(text, luck),
        lambda text: spoil_tree(text, luck),
    ]
    if luck.random() < 0.25:
        return spoil_bytes(raw, luck)
    try:
        return luck.choice(ways)(raw.decode()).encode()
    except (ValueError, KeyError, IndexError, TypeError, RecursionError, OverflowError):
        return spoil_bytes(raw, luck)  # spoilt beyond the finer ways already


def _circle(name: str, luck: random.Random) -> Spoilt:
    """Make files that extend each other in a circle, or in a chain without end in sight."""
    length = luck.choice([1, 2, 3, 30])
    names = [name, *(f"circle-{n}.toml" for n in range(1, length))]
    if length == 30:
        texts = [f"extends = '{after}'\n".encode() for after in [*names[1:], "end.toml"]]
    else:
        texts = [f"extends = './{names[(n + 1) % length]}'\n".encode() for n in range(length)]
    return Spoilt(name, texts[0], dict(zip(names[1:], texts[1:], strict=True)))


CELLS = (
    "", " ", "0", "-1", "x", "nan", "inf", "1e999", "0.5", "2", "-0.5", '"', '"a\nb"', "a,b",
    "\x00",
    "☃", "x" * 5000, "1" * 5000, "NaN", "None", "true", "<", "&amp;", "]]>", "p1", "p2",
)  # fmt: skip

XML = (
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///dev/zero'>]>", "<graph>", "</graph>", "<node/>",
    "<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;'>]>&m;", "<edge source='p1' target='p1'/>",
    "<edge source='nobody' target='p1'/>", "<node id='p1'/>", "<key/>", "<![CDATA[", "&x;", "\x00",
)  # fmt: skip


def spoilt_ties(bases: dict[str, str], count: int, seed: int) -> Iterator[Spoilt]:
    """Yield spoilt ties files made from valid ones, each by its ending (`.csv`, `.graphml`)."""
    luck = random.Random(seed)
    for n in range(count):
        ending = luck.choice(list(bases))
        raw = bases[ending].encode()
        for _ in range(luck.choice([1, 1, 2, 4])):
            raw = _spoil_ties(raw, ending, luck)
        yield Spoilt(f"spoilt-{n}{ending}", raw, {})


def _spoil_ties(raw: bytes, ending: str, luck: random.Random) -> bytes:
    if luck.random() < 0.3:
        return spoil_bytes(raw, luck)
    text = raw.decode("utf-8", "replace")
    if not text.strip():
        return spoil_bytes(raw, luck)
    if ending == ".csv":
        return spoil_lines(text, luck, CELLS, ",").encode("utf-8", "replace")
    if luck.random() < 0.4:
        at = luck.randrange(len(text))
        return (text[:at] + luck.choice(XML) + text[at:]).encode("utf-8", "replace")
    words = list(re.finditer(r"[\w.]+", text)) or list(re.finditer(r".", text))
    word = luck.choice(words)
    new = luck.choice([misspell(word.group(), luck), luck.choice(CELLS), ""])
    return (text[: word.start()] + new + text[word.end() :]).encode("utf-8", "replace")
