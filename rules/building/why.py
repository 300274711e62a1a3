"""The reason of a rule in words, with ``{fact}`` where the value goes."""

from __future__ import annotations

import re
from collections.abc import Callable

from leadgrade.rules.building.names import Stratum
from leadgrade.rules.building.resolve import Resolver
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Span

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def resolved_why(
    why: Phrase | None, place: Span, resolver: Resolver, until: Stratum
) -> Phrase | None:
    """Return the wording with every placeholder turned into an id; a finding for an unknown one.

    It may speak of what is decided up to and including the stratum ``until``.
    """
    if why is None:
        return None

    def to_id(name: str) -> str:
        subject = resolver.names.find(name, place, until)
        return "{" + (name if subject is None else subject.id) + "}"

    return Phrase(en=why.en and fill(why.en, to_id), zh=why.zh and fill(why.zh, to_id))


def fill(wording: str, value_of: Callable[[str], str]) -> str:
    """Return the wording with each ``{name}`` replaced by ``value_of(name)``."""
    return _PLACEHOLDER.sub(lambda found: value_of(found[1].strip()), wording)
