"""Other engines on the same work: each with the rules in its own words."""

from __future__ import annotations

import importlib

from bench.peers.base import Peer

WHERE = {
    "plain": "bench.peers.plain:PlainPython",
    "zen-expression": "bench.peers.zen:ZenExpression",
    "zen-table": "bench.peers.zen:ZenTable",
    "clips": "bench.peers.clips_peer:Clips",
    "rule-engine": "bench.peers.rule_engine_peer:RuleEngine",
    "business-rules": "bench.peers.business:BusinessRules",
}
"""Where each is, by the name that the command line uses."""


def peer_class(name: str) -> type[Peer]:
    """Return an engine by name.

    Raises:
        ImportError: its package is not installed.
    """
    module, _, cls = WHERE[name].partition(":")
    found: type[Peer] = getattr(importlib.import_module(module), cls)
    return found
