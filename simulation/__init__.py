"""Kindling: an agent-based simulation of community change."""
