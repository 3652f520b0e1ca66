"""Where the results of any Mesa model come from: its source, its libraries, its parameters.

A model is known by the parsed source, without docstrings and comments, of its own module and of
every module of its author that this one imports, directly or not; and by the versions of the
installed libraries that they import. So changing `agents.py` makes the runs of `model.py` new runs,
and mending a docstring does not. A class typed into a notebook has no file: its compiled methods
stand in, with all that they call there.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from enum import Enum
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import numpy as np

from simulation.errors import InputError
from simulation.fingerprint import code_hash, without_docstrings

OURS = ("simulation", "scenarios", "experiments")
ALWAYS = ("mesa", "numpy")
"""Libraries on which every Mesa model stands."""


class Source(NamedTuple):
    """A module that a model stands on: its name, its package and its file, where it has one."""

    name: str
    package: str
    file: Path | None


@lru_cache(maxsize=256)
def model_code(model: type) -> str:
    """Return 32 hex digits for a model class: its author's source, and the libraries' versions."""
    home = _source(model.__module__)
    classes = [_source(c.__module__) for c in model.__mro__]
    waiting = [s for s in classes if s is not None and (s == home or _is_own(s))]
    typed = home is None or home.file is None
    texts = list(_compiled(model, set())) if typed else []
    files: dict[Path, list[str]] = {}
    libraries = set(ALWAYS)
    while waiting:
        source = waiting.pop()
        if source.file is None or source.file in files:
            continue
        text = source.file.read_text(encoding="utf-8")
        files[source.file] = [_name(source), without_docstrings(text)]
        for name in _imports(source, text):
            libraries.add(name.partition(".")[0])
            imported = _source(name)
            if imported is not None and (_is_own(imported) or _beside(imported, home)):
                waiting.append(imported)
    ours = [code_hash()] if libraries & set(OURS) else []
    python = list(sys.version_info[:2]) if texts else []
    return digest([sorted(files.values()), texts, python, ours, _versions(libraries)])


def function_code(function: Any) -> list[str]:
    """Return a function as text: compiled, with what it calls in its own module.

    Raises:
        InputError: it is neither a function nor a `functools.partial` of one.
    """
    if isinstance(function, partial):
        given = [plain(v, "reporters") for v in (*function.args, function.keywords)]
        return [*function_code(function.func), json.dumps(given, sort_keys=True)]
    if not isinstance(function, FunctionType):
        raise InputError(
            "a reporter is the name of an attribute, or a function of the model",
            key="reporters",
            found=repr(function),
        )
    return list(_compiled(function, set()))


def plain(value: Any, key: str) -> Any:
    """Return a value of a parameter as JSON holds it, so that equal values are known as equal.

    Args:
        value: a number, text, array, date, dataclass, enum, function, class, or a list, set or
            dictionary of these.
        key: name of the parameter, for the message.

    Raises:
        InputError: two such values could not be told apart.
    """
    for kinds, told in _TOLD:
        if isinstance(value, kinds):
            return told(value, key)
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": _named(type(value)), "value": plain(asdict(value), key)}
    if hasattr(value, "isoformat"):
        return {"date": value.isoformat()}
    raise InputError(
        f"a {type(value).__name__} cannot be told from another one like it",
        key=key,
        mend="give numbers, texts, lists, arrays, dataclasses, functions or classes",
    )


def _number(value: Any, key: str) -> Any:
    return repr(value) if isinstance(value, float) and not np.isfinite(value) else value


def _array(value: Any, key: str) -> Any:
    array = np.ascontiguousarray(value)
    if array.dtype.hasobject:
        return {"array": plain(array.tolist(), key)}
    return {"array": digest(array.tobytes().hex()), "shape": array.shape, "type": array.dtype.str}


def _mapping(value: Any, key: str) -> Any:
    return {"map": sorted([json.dumps(plain(k, key)), plain(v, key)] for k, v in value.items())}


_TOLD: tuple[tuple[Any, Callable[[Any, str], Any]], ...] = (
    (Enum, lambda v, key: {"is": _named(type(v)), "value": v.name}),
    (np.generic, lambda v, key: plain(v.item(), key)),
    ((str, bool, int, type(None), float), _number),
    (bytes, lambda v, key: {"bytes": digest(v.hex())}),
    (np.ndarray, _array),
    (Mapping, _mapping),
    ((set, frozenset), lambda v, key: {"set": sorted(json.dumps(plain(e, key)) for e in v)}),
    (range, lambda v, key: {"range": [v.start, v.stop, v.step]}),
    ((list, tuple), lambda v, key: [plain(each, key) for each in v]),
    (type, lambda v, key: {"class": model_code(v), "name": v.__qualname__}),
    ((FunctionType, partial), lambda v, key: {"function": function_code(v)}),
)
"""How values of each kind are told, the first that fits."""


def digest(value: Any) -> str:
    """Return 32 hex digits for plain values."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _named(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _name(source: Source) -> str:
    """Return the name of a module; a script has one of its own."""
    main = source.name in ("__main__", "__mp_main__") and source.file is not None
    return str(source.file.stem) if main and source.file is not None else source.name


def _source(name: str) -> Source | None:
    """Return a module by its name, loaded or not; None where there is none."""
    module = sys.modules.get(name)
    if module is not None:
        file, package = getattr(module, "__file__", None), module.__package__ or ""
    else:
        try:
            found = importlib.util.find_spec(name)
        except (ImportError, ValueError, AttributeError):
            return None
        if found is None:
            return None
        file, package = found.origin, found.parent or ""
    path = Path(file) if isinstance(file, str) and file.endswith(".py") else None
    return Source(name, package, path if path is not None and path.is_file() else None)


def _is_own(source: Source) -> bool:
    """Tell whether a module is its author's own: not Python's, not installed, not ours."""
    top = source.name.partition(".")[0]
    if top in sys.stdlib_module_names or top in (*OURS, *ALWAYS) or source.file is None:
        return False
    return not {"site-packages", "dist-packages"} & set(source.file.parts)


def _beside(source: Source, home: Source | None) -> bool:
    """Tell whether a module stands in the model's own package, or beside its file in Mesa's.

    So the parts of an installed model are found too.
    """
    if home is None or home.file is None or source.file is None or "." not in home.name:
        return False
    top = home.name.partition(".")[0]
    if top in OURS:
        return False
    if top not in ALWAYS:
        return source.name.partition(".")[0] == top
    return source.file.parent == home.file.parent


def _imports(source: Source, text: str) -> Iterator[str]:
    """Yield the names of the modules that a module imports, its inner imports too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            if node.level:
                base = importlib.util.resolve_name(base, source.package)
            yield base
            if base.partition(".")[0] not in sys.stdlib_module_names:
                yield from (f"{base}.{alias.name}" for alias in node.names if alias.name != "*")


def _versions(libraries: set[str]) -> dict[str, str]:
    """Return the versions of installed libraries, by the names under which they are imported."""
    found = {}
    for name in sorted(libraries - set(OURS) - set(sys.stdlib_module_names) - {""}):
        for distribution in (name, *_distributions_of(name)):
            try:
                found[name] = version(distribution)
            except PackageNotFoundError:
                continue
            break
    return found


def _distributions_of(name: str) -> Iterator[str]:
    yield from _distributions().get(name, ())


@lru_cache(maxsize=1)
def _distributions() -> Mapping[str, Sequence[str]]:
    return packages_distributions()


def _compiled(thing: Any, seen: set[int]) -> Iterator[str]:
    """Yield a class or function as compiled text, and all it names in its own module."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, type):
        yield f"class {thing.__qualname__}"
        for base in thing.__bases__:
            if base.__module__ == thing.__module__:
                yield from _compiled(base, seen)
        for name, member in sorted(vars(thing).items()):
            for function in _functions(member):
                yield from _compiled(function, seen)
            if _is_simple(member) and not name.startswith("__"):
                yield f"{name} = {member!r}"
        return
    yield f"{thing.__qualname__} {thing.__defaults__!r} {thing.__kwdefaults__!r}"
    yield _code(thing.__code__, thing.__doc__)
    for cell in thing.__closure__ or ():
        if _is_simple(cell.cell_contents):
            yield repr(cell.cell_contents)
    for name in sorted(_names(thing.__code__)):
        named = thing.__globals__.get(name)
        if isinstance(named, type | FunctionType) and named.__module__ == thing.__module__:
            yield from _compiled(named, seen)
        elif _is_simple(named):
            yield f"{name} = {named!r}"


def _functions(member: Any) -> list[FunctionType]:
    """Return the functions behind an attribute of a class."""
    if isinstance(member, property):
        return [f for f in (member.fget, member.fset) if isinstance(f, FunctionType)]
    function = getattr(member, "__func__", member)
    return [function] if isinstance(function, FunctionType) else []


def _is_simple(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return all(_is_simple(each) for each in value)
    return isinstance(value, str | bool | int | float)


def _names(code: CodeType) -> set[str]:
    inner = [_names(c) for c in code.co_consts if isinstance(c, CodeType)]
    return set(code.co_names).union(*inner)


def _code(code: CodeType, about: str | None = None) -> str:
    """Return compiled code as text without addresses, line numbers or its docstring."""
    constants = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            constants.append(_code(constant))
        elif isinstance(constant, frozenset):
            constants.append(repr(sorted(map(repr, constant))))
        elif about is None or constant != about:
            constants.append(repr(constant))
    return repr((code.co_code, code.co_names, code.co_varnames, constants))
