"""Import: a community's own data, from a survey or a network, made into a scenario.

`import_community` reads CSV files or pandas DataFrames (people, ties, institutions, PARTNER-style
ratings, services), `import_graph` networkx graphs and GraphML files. Both check everything first,
replace names by pseudonyms, and write one folder with a scenario, its tables and a report of what
was assumed and what can be said; nothing is written where anything is wrong.
"""

from __future__ import annotations

from scenarios.importing.importing import import_community, import_graph
from scenarios.importing.report import Report

__all__ = ["Report", "import_community", "import_graph"]
