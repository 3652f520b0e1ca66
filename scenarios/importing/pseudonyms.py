"""Pseudonyms: names become `p-7f3a9c` (people) and `o-19bd02` (organisations).

A pseudonym is the beginning of the HMAC-SHA256 of a name under a salt. The same name has the same
pseudonym in every file. Without the salt nobody can compute which name a pseudonym stands for, not
even by trying all names of a town. The salt is drawn at random and lies in the key file, which
stays with whoever holds the data; an import that finds its earlier key file uses the salt again.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from simulation.errors import InputError

SALT_ROW = "(salt)"
SHORTEST = 6
KINDS = {"p": "person", "o": "organisation"}


@dataclass
class Key:
    """What stands for whom.

    Attributes:
        salt: the secret under which names are hashed; never written outside the key file.
        stated: whether the salt was given by the user, who then keeps it.
        rows: name by pseudonym, those of an earlier import included.
    """

    salt: str
    stated: bool = False
    rows: dict[str, str] = field(default_factory=dict)

    def pseudonyms(self, kind: str, names: Iterable[str]) -> dict[str, str]:
        """Return a pseudonym for each name, and remember them.

        Args:
            kind: "p" for people or "o" for organisations.
            names: all names of that kind.

        Raises:
            InputError: where the key file of an earlier import says otherwise: another salt.
        """
        hashed = {name: self._hash(kind, name) for name in names}
        earlier = [key for key in self.rows if key.startswith(f"{kind}-")]
        length = max([SHORTEST, *(len(key) - 2 for key in earlier)])
        taken = {name for key, name in self.rows.items() if key.startswith(f"{kind}-")}
        everyone = hashed | {name: self._hash(kind, name) for name in taken}
        while len({digest[:length] for digest in everyone.values()}) < len(everyone):
            length += 1
        made = {name: f"{kind}-{digest[:length]}" for name, digest in hashed.items()}
        for key, name in self.rows.items():
            if key.startswith(f"{kind}-") and not self._hash(kind, name).startswith(key[2:]):
                raise InputError(
                    "the key file was made with another salt",
                    key="salt",
                    mend="state the same salt, name another key file, or replace it with --force",
                )
        for key in [k for k, n in self.rows.items() if k.startswith(f"{kind}-") and n in made]:
            del self.rows[key]
        self.rows.update({pseudonym: name for name, pseudonym in made.items()})
        return made

    def _hash(self, kind: str, name: str) -> str:
        text = f"{KINDS[kind]}:{name}".encode("utf-8", "surrogatepass")
        return hmac.new(
            self.salt.encode("utf-8", "surrogatepass"), text, hashlib.sha256
        ).hexdigest()

    def text(self) -> str:
        """Return the key file: pseudonym and name, in the order of pseudonyms."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("pseudonym", "name"))
        if not self.stated:
            writer.writerow((SALT_ROW, self.salt))
        writer.writerows(sorted(self.rows.items()))
        return out.getvalue()


def open_key(path: Path, salt: str | None, *, force: bool) -> Key:
    """Return the key of an earlier import where there is one, else a new one.

    Args:
        path: the key file.
        salt: the salt to use; None for that of the key file, or a new random one.
        force: start anew whatever the key file holds.

    Raises:
        InputError: where a file is in the way that is no key file, or its salt is not known.
    """
    if salt is not None and len(salt) < 8:
        raise InputError("too short to keep a secret", key="salt", allowed="8 characters or more")
    fresh = Key(salt or secrets.token_hex(16), stated=salt is not None)
    if force or not path.exists():
        return fresh
    rows = _read(path)
    kept = rows.pop(SALT_ROW, None)
    if salt is None and kept is None:
        raise InputError(
            "this key file was made with a salt that it does not hold",
            file=path,
            mend="state the same --salt, name another --key, or replace it with --force",
        )
    if salt is None and kept is not None:
        return Key(kept, rows=rows)
    return Key(fresh.salt, stated=kept is None, rows=rows)


def _read(path: Path) -> dict[str, str]:
    try:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, csv.Error):
        lines = []
    if not lines or lines[0] != ["pseudonym", "name"] or any(len(line) != 2 for line in lines):
        raise InputError(
            "there is a file that is no key file of an import",
            file=path,
            mend="name another with --key, or replace it with --force",
        )
    return {line[0]: line[1] for line in lines[1:]}
