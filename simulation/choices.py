"""Choices: the few big questions a scenario puts to a room, each with a handful of answers.

An option is a set of settings under the keys of `--set`, so it says nothing that a scenario file
could not say. They change no number until somebody picks one (`scenarios.choices`).
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Option(BaseModel):
    """One answer, from least to most in its choice."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    word: str = Field(
        "", description="what it is called; empty for very low … very high", max_length=60
    )
    about: str = Field("", description="what it is in real life", max_length=300)
    settings: dict[str, Any] = Field(
        alias="set",
        description="settings by key, as --set takes them; * stands for every entry of a list",
        min_length=1,
    )


class Choice(BaseModel):
    """A question with two to five options."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(min_length=1, max_length=60)
    title: str = Field(description="the question", min_length=1, max_length=120)
    about: str = Field("", description="what it is in real life", max_length=300)
    options: tuple[Option, ...] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _same_keys(self) -> Self:
        keys = {frozenset(option.settings) for option in self.options}
        if len(keys) > 1:
            raise ValueError("all options of a choice must set the same keys")
        return self
