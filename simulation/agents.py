"""The people, connectors and institutions of a community, as Mesa agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.community import CommunityModel


def install_agent_sets(model: CommunityModel) -> None:
    """Let Mesa see the rows of the model's columns as its agents."""
