"""Page: a store's report as one HTML file that asks nothing of the outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.figures.save import save_figure
from experiments.report import words
from experiments.report.answered import answer_section
from experiments.report.blocks import Block, Code, FigureBlock, Section, TableBlock, Words
from experiments.report.designed import design_blocks
from experiments.report.found import finding_blocks
from experiments.report.material import Study, studies
from experiments.report.repeat import LIMITS, failure_blocks, provenance, repeat_blocks
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.store import Store
    from experiments.store.answer import Answer

HERE = Path(__file__).parent
WITHHELD = (
    "This answer is left out: it may rest on groups of real people that are too small to be "
    "shared. The command gives it to whoever has the store."
)


@dataclass(frozen=True)
class Report:
    """What a report holds, before it is a page.

    Attributes:
        title: its title.
        question: what was asked.
        found: what was found, in plain words, the main thing first.
        sections: all that follows.
        footer: when and with what the runs were made.
    """

    title: str
    question: str
    found: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str

    @property
    def blocks(self) -> list[Block]:
        """All that stands in its sections, in order."""
        return [block for section in self.sections for block in section.blocks]

    @property
    def figures(self) -> list[FigureBlock]:
        """All its figures."""
        return [block for block in self.blocks if isinstance(block, FigureBlock)]

    @property
    def tables(self) -> list[TableBlock]:
        """All its tables, those beneath figures left out."""
        return [block for block in self.blocks if isinstance(block, TableBlock)]


def make_report(store: Store) -> Report:
    """Return the report of a store.

    Raises:
        InputError: the store is damaged, or holds nothing yet.
    """
    made, answers, runs = studies(store), store.answers(), store.runs()
    if runs.empty and not answers:
        raise InputError(
            "nothing to report: the store holds no run", file=store.path,
            mend="kindling sweep fills it",
        )  # fmt: skip
    hidden = any(study.left for study in made) or bool(store.folder.files("groups", ".json"))
    alone = len(made) == 1 and not answers
    sections = [
        *(part for number, study in enumerate(made) for part in _study(study, number, alone)),
        *_answers(store, answers, made, hidden),
        Section("failed-runs", "Failed runs", tuple(failure_blocks(made, runs))),
        Section("repeat", "How to repeat it", tuple(repeat_blocks(made, runs))),
        Section("limits", "What this cannot say", (Words(LIMITS, listed=True),)),
    ]
    first = made[0] if made else None
    title = (first.plan.title if first else "") or "What the runs of this store came to"
    question = (first.plan.question if first else "") or " ".join(a.question for a in answers[:1])
    return Report(
        title, question, tuple(_found(made, answers, hidden)), tuple(sections), provenance(runs)
    )


def _found(made: list[Study], answers: list[Answer], hidden: bool) -> Iterator[str]:
    """Yield what every design was asked first, then the main finding of every answer."""
    told = words.sentences if len(made) == 1 and not answers else words.main_sentences
    for study in made:
        head = f"{study.plan.title}: " if len(made) > 1 and study.plan.title else ""
        for sentence in told(study):
            yield f"{head}{sentence}"
    for answer in () if hidden else answers:
        yield from answer.sentences[:1]


def _study(study: Study, number: int, alone: bool) -> Iterator[Section]:
    """Yield how a study was set up, and what it found; alone, the page begins with the words."""
    head: list[Block] = []
    if not alone:
        head += [Words((study.plan.question,))] if study.plan.question else []
        head.append(Words(tuple(words.sentences(study)), strong=True, listed=True))
    doubts = tuple(words.doubts(study))
    head += [Words(doubts, listed=True)] if doubts else []
    found = tuple(finding_blocks(study, number))
    design = tuple(design_blocks(study, number))
    if alone:
        yield Section("design", "How it was asked", design)
        yield Section("findings", "What the runs came to", (*head, *found))
        return
    title = study.plan.title or f"Study {number + 1}"
    yield Section(f"study-{number}", title, tuple(head))
    yield Section(f"study-{number}-design", "Design", design, 3)
    if found:
        yield Section(f"study-{number}-findings", "Findings", found, 3)


def _answers(
    store: Store, answers: list[Answer], made: list[Study], hidden: bool
) -> Iterator[Section]:
    ranges = _ranges(made)
    for answer in answers:
        section = answer_section(answer, ranges, store.path)
        if hidden:
            commands = [block for block in section.blocks if isinstance(block, Code)]
            section = Section(section.name, section.heading, (Words((WITHHELD,)), *commands))
        yield section


def _ranges(made: list[Study]) -> Mapping[str, tuple[float, float]]:
    """Return least and most value of every factor that is a number."""
    return {
        factor.name: (float(factor.low), float(factor.high))
        for study in made
        for factor in study.factors
        if factor.low is not None
    }


def report_html(store: Store | Report) -> str:
    """Return the report of a store as one HTML page.

    Args:
        store: the store, or its report where that is made already.

    Raises:
        InputError: the store is damaged, or holds nothing yet.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    style = Markup((HERE / "style.css").read_text(encoding="utf-8"))
    page = environment.get_template("page.html")
    return page.render(report=_made(store), style=style)


def write_figures(store: Store | Report, folder: Path) -> list[Path]:
    """Write every figure of a report as SVG and PNG, and its data as CSV.

    Args:
        store: the store, or its report where that is made already.
        folder: where the files go; its other files stay.

    Returns:
        The files, in the order of the report.

    Raises:
        InputError: as `make_report`, or the folder cannot be written.
    """
    files: list[Path] = []
    report = _made(store)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for figure in report.figures:
            stem = folder / figure.name
            files += save_figure(figure.drawing[0], stem, title=figure.title, text=figure.alt)
            figure.data.to_csv(stem.with_suffix(".csv"), index=False, lineterminator="\n")
            files.append(stem.with_suffix(".csv"))
    except OSError as problem:
        raise InputError(f"cannot be written: {problem.strerror}", file=folder) from problem
    return files


def _made(store: Store | Report) -> Report:
    return store if isinstance(store, Report) else make_report(store)
