"""Other engines on the same work: each with the rules in its own words."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.peers.base import Peer

WHERE = {
    "plain": "bench.peers.plain:PlainPython",
    "zen-expression": "bench.peers.zen:ZenExpression",
    "zen-table": "bench.peers.zen:ZenTable",
    "clips": "bench.peers.clips:Clips",
    "rule-engine": "bench.peers.rule_engine:RuleEngine",
    "business-rules": "bench.peers.business:BusinessRules",
}
"""Where each is, by the name that results use."""

HOW = {
    "rete": "leadgrade on durable_rules; whole decisions, with what is open and possible",
    "explainer": "leadgrade in plain Python; whole decisions",
    "columnar": "leadgrade's query on DuckDB; whole decisions",
    "spark": "leadgrade's query on Spark; whole decisions",
    "plain": "plain Python: one generated function of `if` statements, fired rules as a list",
    "zen-expression": "zen-engine: all rules as one compiled expression, fired rules as bits",
    "zen-table": "zen-engine: a table that collects, a row an outcome, from a loader",
    "clips": "CLIPS by clipspy: a fact a lead, retracted after it; totals and grade by rules",
    "rule-engine": "one typed `Rule` gives an array of all outcomes; totals and grade in Python",
    "business-rules": "JSON rules run one by one, numbers as decimals; totals and grade in Python",
}
"""How each is used: the fastest way of those that its documentation shows or that we found."""


def peer_class(name: str) -> type[Peer]:
    """Return an engine by name.

    Raises:
        ImportError: its package is not installed.
    """
    module, _, cls = WHERE[name].partition(":")
    found: type[Peer] = getattr(importlib.import_module(module), cls)
    return found


def why_missing(name: str) -> str | None:
    """Return why an engine cannot be measured here, None where it can."""
    if name not in WHERE:
        return f"no engine is called {name!r}"
    try:
        peer_class(name)
    except ImportError as error:
        return str(error)
    return None
