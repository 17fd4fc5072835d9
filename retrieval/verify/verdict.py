"""What is verified and what comes out: plain data, for the auditor, the evaluation and the API alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Rule = Literal[
    "citation.missing",
    "citation.unknown",
    "citation.stale",
    "support.number",
    "support.polarity",
    "support.name",
    "support.population",
    "support.words",
]
Action = Literal["keep", "refine", "soften", "remove"]


@dataclass(frozen=True, slots=True)
class Passage:
    """Evidence of this turn. ``indexed`` is the version that the index holds now; None for what comes from no index, such as a tool."""

    id: str
    text: str
    title: str = ""
    section: str = ""
    version: str = ""
    indexed: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Where support stands: ``passage.text[start:end]`` of the passage cited as ``n``."""

    n: int
    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that failed, and the words of the sentence that failed it."""

    rule: Rule
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one sentence.

    ``medical`` is False for a sentence that needs no source. ``support`` is how much of its words the evidence holds (0..1); ``quotes``
    are the sentences of the evidence that carry it, best first.
    """

    medical: bool
    failures: tuple[Failure, ...] = ()
    quotes: tuple[Quote, ...] = ()
    support: float = 1.0

    @property
    def ok(self) -> bool:
        """Whether the sentence may stand."""
        return not self.failures

    @property
    def action(self) -> Action:
        """What to do with the sentence.

        An invented source goes; what contradicts its source is mended; what is only not found there may stay as something nobody vouches
        for, in words that say so.
        """
        rules = {failure.rule for failure in self.failures}
        if not rules:
            return "keep"
        if rules & {"citation.unknown", "citation.stale"}:
            return "remove"
        return "soften" if rules <= {"support.words", "citation.missing"} else "refine"


class Entailment(Protocol):
    """A second opinion on whether a premise carries a claim: an embedder's closeness, an NLI model, the language model that reviews."""

    def __call__(self, claim: str, premise: str) -> bool:
        """Tell whether ``premise`` supports ``claim``; asked only about sentences whose words leave it in doubt."""
        ...
