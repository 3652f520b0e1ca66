"""The package as others meet it: its version, its dependencies, its wheel, its first command."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
EXTRAS = {
    extra: [Requirement(text) for text in texts]
    for extra, texts in PROJECT["optional-dependencies"].items()
}
DISTRIBUTION = PROJECT["name"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def every_dependency() -> list[Requirement]:
    return RUNTIME + [requirement for extra in EXTRAS.values() for requirement in extra]


def pins() -> dict[str, list[Requirement]]:
    """Return constraints.txt as canonical name -> its pins (more than one where markers differ)."""
    found: dict[str, list[Requirement]] = {}
    for line in read("constraints.txt").splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


class TestVersion:
    def test_the_installed_version_is_the_one_written(self) -> None:
        try:
            installed = importlib.metadata.version(DISTRIBUTION)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip("Kindling is not installed here: its sources are tested from the folder")
        assert installed == PROJECT["version"]

    def test_citation_and_changelog_name_the_same_version(self) -> None:
        assert f"\nversion: {PROJECT['version']}\n" in read("CITATION.cff")
        newest = re.search(r"^## \[([^\]]+)\]", read("CHANGELOG.md"), flags=re.MULTILINE)
        assert newest is not None
        assert newest[1] == PROJECT["version"]


class TestDependencies:
    @pytest.mark.parametrize("requirement", every_dependency(), ids=str)
    def test_is_pinned_to_a_release_it_allows(self, requirement: Requirement) -> None:
        pinned = pins().get(canonicalize_name(requirement.name), [])
        assert pinned, f"{requirement.name} is missing in constraints.txt"
        for pin in pinned:
            (exact,) = pin.specifier
            assert exact.operator == "=="
            assert requirement.specifier.contains(exact.version)

    def test_constraints_name_no_address_and_only_exact_releases(self) -> None:
        assert "://" not in read("constraints.txt")
        for name, pinned in pins().items():
            for pin in pinned:
                assert [s.operator for s in pin.specifier] == ["=="], name
                assert pin.url is None, name

    def test_the_table_gives_each_dependency_and_its_extra(self) -> None:
        rows = set()
        for line in read("docs/dependencies.md").splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("|") and len(cells) == 4:
                assert all(cells), line
                name = canonicalize_name(cells[0])
                rows |= {(name, extra) for extra in cells[1].split(", ")}
        rows -= {("dependency", "extra")}
        rows = {row for row in rows if row[1].strip("-")}
        wanted = {(canonicalize_name(r.name), "always") for r in RUNTIME}
        for extra, requirements in EXTRAS.items():
            names = {canonicalize_name(r.name) for r in requirements}
            wanted |= {(name, extra) for name in names if (name, "always") not in wanted}
        assert rows == wanted


class TestWheel:
    def test_holds_the_packages_and_every_scenario(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        (wheel,) = tmp_path.glob("*.whl")
        names = set(zipfile.ZipFile(wheel).namelist())
        scenarios = {
            f.relative_to(ROOT).as_posix()
            for f in (ROOT / "scenarios").rglob("*")
            if f.suffix in (".toml", ".csv", ".graphml")
        }
        sources = {
            f.relative_to(ROOT).as_posix()
            for package in ("simulation", "scenarios", "experiments")
            for f in (ROOT / package).rglob("*.py")
        }
        assert sources
        assert scenarios | sources <= names
        assert {name.split("/")[0] for name in names} == {
            "simulation",
            "scenarios",
            "experiments",
            f"{DISTRIBUTION.replace('-', '_')}-{PROJECT['version']}.dist-info",
        }


HEAVY = ("dask", "distributed", "matplotlib", "mesa.visualization", "solara")

IMPORT_ALL = """
import importlib, pathlib, sys
import simulation
folder = pathlib.Path(simulation.__file__).parent
files = [f.relative_to(folder.parent).with_suffix("") for f in sorted(folder.rglob("*.py"))]
names = [".".join(f.parts) for f in files if f.parts[1] not in ("__main__", "browser", "cli")]
for name in names:
    importlib.import_module(name.removesuffix(".__init__"))
print(len(names), *sorted(set({heavy!r}) & set(sys.modules)))
"""


def test_no_part_of_the_model_loads_a_heavy_library() -> None:
    """Neither by its own import nor through Mesa's."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL.format(heavy=HEAVY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    count, *loaded = done.stdout.split()
    assert int(count) > 10
    assert loaded == []


@pytest.mark.skipif(os.name == "nt", reason="the script is for the shells that make uses")
class TestFindPython:
    def find(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(ROOT / ".ci" / "find-python")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def assert_new_enough(self, interpreter: str) -> None:
        probe = "import sys, venv; print(sys.version_info >= (3, 12))"
        done = subprocess.run([interpreter, "-c", probe], capture_output=True, text=True)
        assert done.stdout.strip() == "True"

    def test_finds_one_here(self) -> None:
        found = self.find(**{**os.environ, "PYTHON": sys.executable})
        assert found.returncode == 0
        self.assert_new_enough(found.stdout.strip())

    def test_finds_one_on_path(self, tmp_path: Path) -> None:
        """Past a shim that fails and a Python that is too old, both earlier on PATH."""
        folders = [tmp_path / name for name in ("shims", "old", "good")]
        scripts = ["exit 127", "echo old 3.11", f'exec "{sys.executable}" "$@"']
        for folder, script in zip(folders, scripts, strict=True):
            folder.mkdir()
            (folder / "python3").write_text(f"#!/bin/sh\n{script}\n")
            (folder / "python3").chmod(0o755)
        found = self.find(PATH=os.pathsep.join(map(str, folders)), HOME=str(tmp_path))
        assert found.returncode == 0, found.stderr
        self.assert_new_enough(found.stdout.strip())

    def test_finds_one_of_pyenv_that_is_not_selected(self, tmp_path: Path) -> None:
        binaries = tmp_path / ".pyenv" / "versions" / "3.12.99" / "bin"
        binaries.mkdir(parents=True)
        (binaries / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (binaries / "python3").chmod(0o755)
        found = self.find(PATH="", HOME=str(tmp_path))
        assert found.returncode == 0, found.stderr
        self.assert_new_enough(found.stdout.strip())

    def test_says_what_to_install_where_there_is_none(self, tmp_path: Path) -> None:
        found = self.find(PATH="", HOME=str(tmp_path))
        assert found.returncode == 1
        assert found.stdout == ""
        assert "needs Python 3.12 or newer, and none was found" in found.stderr
        assert "uv python install" in found.stderr

    def test_says_which_was_too_old(self, tmp_path: Path) -> None:
        (tmp_path / "python3").write_text("#!/bin/sh\necho old 3.11\n")
        (tmp_path / "python3").chmod(0o755)
        found = self.find(PATH=str(tmp_path), HOME=str(tmp_path))
        assert found.returncode == 1
        assert f"too old: {tmp_path / 'python3'} (3.11)" in found.stderr


HOMES = re.compile(r"(?<![\w.])/(?:home|Users|root)/\w")
HOSTS = re.compile(r"pypi\.(?:org)|python(?:hosted)|registry\.(?:npmjs)|deb\.(?:debian)\.org")


def project_files() -> list[Path]:
    """Return the files git tracks or would track."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this copy of the sources is not a git repository")
    files = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [file for file in files if file.is_file()]


def test_no_file_names_a_home_folder_or_a_package_registry() -> None:
    files = project_files()
    found = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        matches = [pattern.search(text) for pattern in (HOMES, HOSTS)]
        found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in matches if match]
    assert len(files) > 10
    assert found == []
