"""Learn: guided stories, glossary, exercises, and the kit for a workshop.

What is here is data and how it is shown: which steps a story has and which links they open stands
in TOML files beside the code; every word stands in the message catalogue; every number that a story
or an exercise reports stands in `evidence.json`, as the command that is named beside it printed it.
"""
