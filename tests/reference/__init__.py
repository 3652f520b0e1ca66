"""The judge: the same model written plainly, one Python object per agent, on plain Mesa.

It shares with the engine only the parameters, the random-number function and the pairs that a
space results in. Everything else is written again from the descriptions that stand in the
processes, slowly and readably, so that the two can be held against each other.
"""

from tests.reference.columns import columns, ties
from tests.reference.model import ReferenceModel

__all__ = ["ReferenceModel", "columns", "ties"]
