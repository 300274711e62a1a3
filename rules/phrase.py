"""Words for people, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """A wording in one or both languages. The one that is missing falls back to the other."""

    en: str | None = None
    zh: str | None = None

    def say(self, lang: str) -> str:
        """Return the wording in ``lang`` (``en`` or ``zh``), else in the other language."""
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return first or second or ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every wording there is: what a rule or a file header may call the thing."""
        return tuple(dict.fromkeys(words for words in (self.en, self.zh) if words))
