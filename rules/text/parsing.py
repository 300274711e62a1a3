"""One line of text -> a tree with places. The language is that of ``docs/grammar.lark``.

The grammar is the reference, and a test reads whatever follows from it both ways. Reading by hand
takes a small part of the time, which is what a book of hundreds of conditions costs at every start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from leadgrade.rules.text.misreading import MisreadError, explained

LONGEST_LINE = 50_000
MOST_LEVELS = 50
"""Of brackets, ``not`` and signs in one line. Nobody can read more."""


class Word(NamedTuple):
    """A piece of a line, with the offsets of its first character and of the one behind it."""

    text: str
    start: int
    end: int


class Branch(NamedTuple):
    """A part of a line. ``kind`` is the name that the grammar gives it."""

    kind: str
    start: int
    end: int
    parts: tuple[Branch, ...] = ()
    """The conditions or formulas inside."""
    word: Word = Word("", 0, 0)
    """The name that a test begins with; the number, fact, function or sign of a formula."""
    values: tuple[Word, ...] = ()
    """What a test compares with: its values, or the name of a list."""
    operator: str = ""

    @property
    def place(self) -> tuple[int, int]:
        """The offsets of the first character and of the one behind the last."""
        return self.start, self.end


_KEYWORD = r"(?:and|AND|or|OR|not|NOT|in|is|between|contains)(?!\w)"
_SPACE = re.compile(r"\s+")
_WORDS = re.compile(rf"(?!{_KEYWORD})[^\W\d][\w\-./&·]*(?:[ \u3000]+(?!{_KEYWORD})\w[\w\-./&·]*)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?![\w-])")
_AMOUNT = re.compile(
    r"[+\-＋－−]?(?:\d|\.\d)[^\s,，、\[\]［］()（）<>=＜＞＝≤≥≠]*"
    r"(?:\s+(?!(?:and|AND|or|OR)\b)(?:%|[^\W\d_]+))?"
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|「[^」]*」")
_OPERATOR = re.compile("!=|<=|>=|[=<>≠≤≥＝＜＞]")
_AND, _OR = re.compile(r"(?:and|AND)(?!\w)"), re.compile(r"(?:or|OR)(?!\w)")
_NOT = re.compile(r"(?:not|NOT)(?!\w)")
_IN, _IS = re.compile(r"in(?!\w)"), re.compile(r"is(?!\w)")
_BETWEEN, _CONTAINS = re.compile(r"between(?!\w)"), re.compile(r"contains(?!\w)")
_KNOWN, _MISSING = re.compile(r"known(?!\w)"), re.compile(r"missing(?!\w)")
_LEFT, _RIGHT = re.compile("[(（]"), re.compile("[)）]")
_FIRST, _LAST, _COMMA = re.compile(r"[\[［]"), re.compile(r"[\]］]"), re.compile("[,，、]")
_FUNCTION = re.compile(r"[^\W\d]\w*(?=\s*[(（])")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_FIGURE = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*(?:%|[kKM万亿]|bn)?")
_SIGN, _TIMES = re.compile("[+-]"), re.compile("[*/]")


def parse_condition(text: str) -> Branch:
    """Return the tree of a one-line condition.

    Raises:
        MisreadError: the line is not a condition.
    """
    return _parse(text, "condition", _Condition)


def parse_formula(text: str) -> Branch:
    """Return the tree of a formula.

    Raises:
        MisreadError: the text is not a formula.
    """
    return _parse(text, "formula", _Formula)


class _StoppedError(Exception):
    """Nothing that may stand at this place stands there."""


class _Line:
    """A line being read, from the left to the right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._end = 0
        self._levels = 0
        self._skip()

    def whole(self) -> Branch:
        """Return the tree of the whole line.

        Raises:
            _StoppedError: reading stopped at ``at``.
        """
        raise NotImplementedError

    def _skip(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = self.at if space is None else space.end()

    def sees(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern stands here."""
        return pattern.match(self.text, self.at) is not None

    def take(self, *patterns: re.Pattern[str]) -> Word | None:
        """Return what the first pattern that stands here takes, or None."""
        for pattern in patterns:
            found = pattern.match(self.text, self.at)
            if found is not None:
                self._end = self.at = found.end()
                self._skip()
                return Word(found[0], found.start(), found.end())
        return None

    def want(self, *patterns: re.Pattern[str]) -> Word:
        """Return what one of the patterns takes; one has to stand here."""
        found = self.take(*patterns)
        if found is None:
            raise _StoppedError
        return found

    def branch(self, kind: str, start: int, **parts: object) -> Branch:
        """Return a branch that ends with what was taken last."""
        return Branch(kind, start, self._end, **parts)  # type: ignore[arg-type]

    def inner(self, read: Callable[[], Branch]) -> Branch:
        """Read something inside of what is being read."""
        self._levels += 1
        self.refuse_levels(self._levels)
        found = read()
        self._levels -= 1
        return found

    def refuse_levels(self, levels: int) -> None:
        if levels > MOST_LEVELS:
            raise MisreadError("line-too-deep", 0, str(MOST_LEVELS), width=len(self.text))


class _Condition(_Line):
    """A condition being read."""

    def whole(self) -> Branch:
        start, first = self.at, self._term()
        for kind, join, other in (("all_of", _AND, _OR), ("any_of", _OR, _AND)):
            parts = [first]
            while self.take(join):
                parts.append(self._term())
            if len(parts) > 1:
                if self.sees(other):
                    word = self.want(other)
                    raise MisreadError("and-or-mixed", word.start, word.text)
                return self.branch(kind, start, parts=tuple(parts))
        return first

    def _term(self) -> Branch:
        start = self.at
        if self.take(_NOT):
            return self.branch("negation", start, parts=(self.inner(self._term),))
        if self.take(_LEFT):
            found = self.inner(self.whole)
            self.want(_RIGHT)
            return found
        return self._test(self.want(_WORDS))

    def _test(self, name: Word) -> Branch:
        kind, operator = "alone", ""
        values: tuple[Word, ...] = ()
        if found := self.take(_OPERATOR):
            kind, operator, values = "comparison", found.text, (self._value(),)
        elif self.take(_BETWEEN):
            low, _, high = self._value(), self.want(_AND), self._value()
            kind, values = "between", (low, high)
        elif self.sees(_NOT) or self.sees(_IN):
            kind, values = self._set()
        elif self.take(_CONTAINS):
            kind, values = "contains", (self._value(),)
        elif self.take(_IS):
            kind = "known" if self.take(_KNOWN) else "missing"
            if kind == "missing":
                self.want(_MISSING)
        return Branch(kind, name.start, self._end, (), name, values, operator)

    def _set(self) -> tuple[str, tuple[Word, ...]]:
        negated = "not_" if self.take(_NOT) else ""
        self.want(_IN)
        if not self.take(_FIRST):
            return f"{negated}in_list", (self.want(_WORDS),)
        values = [self._value()]
        while self.take(_COMMA):
            values.append(self._value())
        self.want(_LAST)
        return f"{negated}one_of", tuple(values)

    def _value(self) -> Word:
        return self.want(_DATE, _AMOUNT, _WORDS, _QUOTED)


class _Formula(_Line):
    """A formula being read: products before sums, both from the left."""

    def whole(self) -> Branch:
        return self._chain("addition", _SIGN, self._product)

    def _product(self) -> Branch:
        return self._chain("multiplication", _TIMES, self._factor)

    def _chain(self, kind: str, sign: re.Pattern[str], read: Callable[[], Branch]) -> Branch:
        start, found, length = self.at, read(), 1
        while word := self.take(sign):
            length += 1
            self.refuse_levels(self._levels + length)  # the tree grows to the left
            right = read()
            found = self.branch(kind, start, parts=(found, right), word=word)
        return found

    def _factor(self) -> Branch:
        start = self.at
        if word := self.take(_SIGN):
            inside = self.inner(self._factor)
            return self.branch("minus", start, parts=(inside,), word=word)
        if self.take(_LEFT):
            found = self.inner(self.whole)
            self.want(_RIGHT)
            return found
        if word := self.take(_FUNCTION):
            return self._call(word)
        if word := self.take(_IDENTIFIER):
            return self.branch("reading", start, word=word)
        return self.branch("number", start, word=self.want(_FIGURE))

    def _call(self, function: Word) -> Branch:
        self.want(_LEFT)
        arguments = [self.inner(self.whole)]
        while self.take(_COMMA):
            arguments.append(self.inner(self.whole))
        self.want(_RIGHT)
        return self.branch("call", function.start, parts=tuple(arguments), word=function)


def _parse(text: str, kind: str, reader: type[_Line]) -> Branch:
    if len(text) > LONGEST_LINE:
        raise MisreadError("line-too-long", 0, str(LONGEST_LINE), width=len(text))
    line = reader(text)
    try:
        found = line.whole()
    except _StoppedError:
        raise explained(text, kind, line.at) from None
    if line.at < len(text):
        raise explained(text, kind, line.at)
    return found
