"""Words of the page that stand by themselves; what can be read from the design is not said here."""

from __future__ import annotations

from typing import Final

COMMAND: Final = "kindling headline --store headline-store --processes 2 --out ./docs/headline"

NUISANCE: Final = (
    "**Nuisance.** All that is uncertain is drawn from a Latin hypercube of {draws} draws over "
    "{parameters} parameters and forms ([ranges](validation.md#sensitivity-plan)): reinforcement, "
    "temperature, thresholds, both signs of grievance, loss and gain of trust, persistence, "
    "network, forms of the response. The {retained} that reproduce P1 and P5 were kept "
    "([calibration](validation.md#calibration-p1-and-p5)); P2 to P4 and P6 to P8 were held out. "
    "At least {asked} were to be tried, which {draws} are; with so few that remain, shares of "
    "draws are coarse, and their intervals say how coarse."
)

OPENING: Final = (
    "This is the experiment behind the model's main question, set up so that it can fail. Its "
    "question, arms, placebos, primary outcome and the rule of its verdict were written down "
    "before any of its runs, in `experiments/headline/registered.toml` and "
    "`experiments/headline/verdict.py`, from which this page is made. The verdict is written by "
    "the rule, whatever it says.",
    "It was not blind. The same scenarios had been compared before, at the defaults and with few "
    "pairs ([validation](validation.md#perturbation-audit), F1 and F5), and there lasting "
    "succession had added nothing that mattered. What is new here is every retained draw in place "
    "of the defaults, placebos, arms of the same money, and a rule. What comes out is a statement "
    "about this model, and no forecast of any place.",
)

REPEAT: Final = f"""\
```sh
{COMMAND}   # all of it
kindling headline --store headline-store --budget 10m --processes 2   # as much as fits, core first
kindling headline --store headline-store --part core --pairs 4        # one part, fewer pairs
kindling headline --store headline-store --ensemble more.csv          # over another ensemble
python -m experiments.headline.page                                   # this page again
```

Before it starts, it says how many runs each part takes and about how long, by the clock of a few
runs. It can be stopped at any time: the same command goes on where it was, and takes from the store
what is there. What a budget leaves no time for is said to be *not run*."""

DESIGN: Final = (
    "**Claim.** Resident succession (five switches, from the push on and for good, with a quarter "
    "of the money for mentoring) added to a push of the same money leaves more equity.",
    "**Primary outcome.** E at 48 months after the push, for the people of the start, by true "
    "values ([definition](results.md#definitions)); the *effect* is E with succession minus E of "
    "the push alone, each against the same community on the same luck without any intervention. "
    "Outcomes of the last year are read at the same time, as runs end 54 months after the push. "
    "Whether stewardship tips is reported as a probability, and E by its distribution, never as "
    "the mean of something with two peaks alone.",
    "**Replicates.** 20 pairs in every draw, on common random numbers: pair r of all arms and "
    "draws has the same luck.",
)

ARMS: Final = (
    "The cost is what `experiments.compare.spent` counts, and a test holds all arms to the same. "
    "It counts money given. It cannot see money that finds nobody: mentoring while no seat is "
    "filled or nobody is to be mentored, or services beyond what institutions can do.",
)

PARTS: Final = (
    "Counts are those of the shipped ensemble; runs that an earlier part has made are not counted "
    "again. A run is judged beside the run of the same draw and luck without any intervention, and "
    "these are counted once.",
    "**Switches.** The half fraction 2⁵⁻¹ with I = ABCDE: main effects and two-way interactions "
    "are free of each other, and mixed up only with interactions of three and more. Mentoring and "
    "money are the same in all its cells.",
    "**Lengths.** 12, 24, 36 and 60 months × intensity 0, ½ and 1 × succession. A longer or "
    "stronger push costs more: that is the factor, and only cells with and without succession are "
    "alike in money. At intensity 0 with succession there is no money, so no mentoring either, and "
    "without succession there is nothing to run.",
    "**Short-termism.** Present bias .5, .7, .9 and 1 × length of the present 1, 12 and 36 months "
    "× horizon 12, 36 and 120 months, in all institutions and from before month 0, under the push "
    "with succession. All combinations are run, so that fewer pairs a cell are enough: an effect "
    "compares 9 or 12 cells with as many others.",
)

HARMS = """
The worst off count as falling by any amount, however small: where interventions do nothing to
them, about half of the pairs fall by luck alone. So this falsifier is a hard one, and its share has
to be read with its interval.
"""

STAND_INS: Final = (
    "**Independent organising**: money organises residents, but convenes nobody at the "
    "institutions' shared table while it lasts. The model knows no other organising of one's own.",
    "**No partnership**: from the push on and for good institutions leave the shared table, stay "
    "away and pool nothing; their ties to each other and to residents remain.",
    "**Policy only**: money for work on policy, which acts through residents' votes; no law is "
    "passed by decree.",
    "**Services only**: more of the services there are, by the institutions there are.",
    "**Random residents**: drawn by lot from all who live there and hold no seat; for this the "
    "skill asked of the bench is dropped too, as a bench of the skilled would not be random.",
    "**Insiders of the advantaged group**: the bench of succession, stewards with the skill asked, "
    "but only of the group that is better off at the start.",
    "**Five switches**: no price is known for four of them, so none is charged; only mentoring "
    "costs. The switches stay on when the money ends; *succession while funded* ends them with it.",
)

FIRED: Final = (
    "The share is: for a placebo, cash, and equal knowledge and vacancy that of draws in which "
    "succession keeps a lead above .03; for the worst off and for power the share of pairs. Where "
    "succession adds less than .03 to the push alone, a placebo that adds nothing does as well as "
    "it, and a gain that is not there vanishes by the letter: then look at the leads below."
)

INTERVALS: Final = (
    "Intervals are 95 % intervals unless said otherwise. Of an effect: a bootstrap that draws "
    "draws and pairs again, each by itself; of shares of pairs it reaches at least as far as "
    "Wilson's or Newcombe's interval over all pairs. Of shares of draws: Wilson's. Ranges over "
    "draws are from the 5th to the 95th percentile."
)

DISTRIBUTIONS: Final = (
    "E at 48 months over all pairs of all draws; the share of runs in which stewardship tips, and "
    "in which the gain is sustained at 48 months."
)

SHORT_SIGHT: Final = (
    "`gain_48` is what the push adds to a community whose institutions are like this. *Equity "
    "between communities* compares the communities themselves in the last year: the smaller of how "
    "much smaller the gap is and how much better off the worst off are. There, what far-sighted "
    "institutions do without any push counts too."
)

GRID: Final = (
    "Mean E at 48 months after each push's own end, and the share of pairs in which the gain is "
    "sustained then, over all draws with 95 % intervals. Money grows with length and intensity; at "
    "intensity 0 there is only succession, read at the time at which the push would have ended."
)
