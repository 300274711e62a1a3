"""Conditions as SQL."""

from __future__ import annotations

from collections.abc import Mapping

from leadgrade.engine.sql.expressions import Sql, all_of, any_of, opposite
from leadgrade.engine.sql.subjects import Subject
from leadgrade.rules.conditions import All, AnyOf, Condition, Not, Presence, tests_of


class ConditionReader:
    """Reads conditions, given what they speak of."""

    def __init__(self, subjects: Mapping[str, Subject]) -> None:
        self._subjects = subjects

    def read(self, condition: Condition) -> Sql:
        """Return a condition as SQL: TRUE, FALSE, or NULL where it is unknown."""
        match condition:
            case All(parts):
                return all_of(self.read(part) for part in parts)
            case AnyOf(parts):
                return any_of(self.read(part) for part in parts)
            case Not(part):
                return opposite(self.read(part))
            case _:
                return self._subjects[condition.subject].test(condition)

    def may_be_unknown(self, condition: Condition) -> bool:
        """Return whether a condition can be unknown at all."""
        return any(
            self._subjects[test.subject].may_be_unknown
            for test in tests_of(condition)
            if not isinstance(test, Presence)
        )
