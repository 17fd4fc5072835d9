"""A second look at messages in which the rules saw no danger: do they read like messages that were dangerous?

A linear model over the words of a message and its embedding (``exemplars.npz``), learned from the dangerous and harmless messages of
``exemplars.csv``. It may only raise a level, never lower one. What it raises to ``emergency`` is a life in danger by one's own hand, where
the crisis line is the help; anything else becomes ``urgent``, because the rules, which can be read and reviewed, name emergencies.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval.embed import Embedder
from retrieval.errors import RetrievalError
from tools.linear import Counts, Floats, LinearModel, hashed
from tools.records import LEVELS, Level
from tools.tables import Tables
from tools.text import clauses, fold
from tools.triage import Triage
from tools.triage_records import RedFlag

log = logging.getLogger(__name__)

_WHOLE = 400
"""Characters that are read at once; a longer message is read in windows, so that a sign in a long story does not drown in it."""
_WINDOW = 200
_MOST = 12
"""Windows read at most: the beginning and the end of a very long message."""
_EMBEDDED = 2
"""Windows embedded at most, the ones that read most dangerous by their words: an embedding takes a hundred times longer than the words."""
_DOUBT = 1.2
"""How far below the threshold of its words a window may be and still be worth an embedding, in log-odds."""
_PERHAPS_CRISIS = 1.5
"""How far below its threshold the crisis head still names what the first head has raised."""
# Who plays a sign down or was told not to worry has said nothing about the sign.
_REASSURES = re.compile(
    r"(?:(?:应该|估计|大概|可能|也许|想必|我想|我觉得)[^,，。]{0,4}(?:没(?:啥|什么)?(?:大)?事|不要紧|问题不大|累着?了|太累|正常)|"
    r"(?:家里?人|家属|老伴|朋友|邻居|同事|大家|他们?|她们?|我妈|我爸|老公|老婆)(?:都|也)?(?:说|觉得|认为|劝)[^,，。]{0,6}(?:没事|没什么|不用|别|小题大做)|"
    r"别?(?:瞎|太)?担心(?:过度|多了)?|(?:就是|可能是)?我?想多了|不用管|没大碍|不碍事|"
    r"\b(?:probably|surely|i guess|i'm sure|hopefully)(?: it's| it is)? (?:nothing|fine|ok|just (?:tired|stress)\w*)\b.*|"
    r"(?:my )?(?:family|husband|wife|mum|mom|dad|friends?|everyone|he|she|they) (?:says?|thinks?|tells? me|told me|reckons?)[^.]{0,20}"
    r"(?:nothing|fine|not to worry|worry\w*|overreact\w*|fuss\w*)|(?:i'm|am i) (?:probably )?(?:just )?(?:over-?reacting|being silly))"
)


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The model, and the embedder where the one serves that the model was learned with."""

    model: LinearModel
    rules: dict[str, RedFlag]
    """One rule for each emergency, so that what is raised has a source."""
    embedder: Embedder | None = None

    def __call__(self, messages: Sequence[str], results: Sequence[Triage]) -> list[Triage]:
        """Return the results, some of them raised."""
        looked = list(results)
        for i, (message, result) in enumerate(zip(messages, results, strict=True)):
            if not result.red_flags and message.strip():
                looked[i] = self._look(message, result)
        return looked

    def _look(self, message: str, result: Triage) -> Triage:
        read = [(window, counts, self.model.score("red", counts)) for window in _windows(message) for counts in [hashed([("", window)])]]
        read.sort(key=lambda each: -each[2])
        least = self.model.heads["red"].threshold - _DOUBT
        vectors = self._vectors([window for window, _, score in read[:_EMBEDDED] if score >= least])
        for number, (_, counts, _) in enumerate(read):
            vector = vectors[number] if number < len(vectors) else None
            if name := self._danger(counts, vector):
                return _raised(result, self.rules[name], crisis=name == "suicide_crisis")
        return result

    def _danger(self, counts: Counts, vector: Floats | None) -> str:
        """Return the emergency whose rule speaks for what a stretch of text reads like, or nothing."""
        kind = "" if vector is None else "+"
        crisis = self.model.score(f"crisis{kind}", counts, vector) - self.model.heads[f"crisis{kind}"].threshold
        if crisis >= 0:
            return "suicide_crisis"
        if not self.model.says(f"red{kind}", counts, vector):
            return ""
        return "low_mood_check" if crisis >= -_PERHAPS_CRISIS else "possible_emergency"

    def _vectors(self, windows: list[str]) -> Floats:
        """Return the vectors of the windows; without an embedder the words are all that is read."""
        if self.embedder is None or not windows:
            return np.zeros((0, 0), np.float32)
        try:
            return self.embedder.embed_queries(windows)
        except RetrievalError as error:
            log.warning("second look by words alone: %s", error.code)
            return np.zeros((0, 0), np.float32)


def make_second_look(embedder: Embedder | None, tables: Tables) -> SecondLook | None:
    """Return the second look; ``None`` when the tables hold no model or no rules for it: the rules then work alone."""
    learned = tables.triage
    if learned is None:
        return None
    rules: dict[str, RedFlag] = {}
    for flag in sorted(tables.red_flags, key=lambda f: LEVELS.index(f.level)):
        rules.setdefault(flag.emergency, flag)
    if not {"suicide_crisis", "low_mood_check"} <= rules.keys():
        return None
    rules["possible_emergency"] = replace(rules["suicide_crisis"], id="unnamed", emergency="")
    fitting = embedder if embedder is not None and embedder.name == learned.embedder else None
    return SecondLook(learned, rules, fitting)


def told_in(message: str) -> list[str]:
    """Return the folded clauses of a message, without those that only reassure."""
    return [clause.strip() for _, clause in clauses(fold(message)) if not _REASSURES.fullmatch(clause.strip())]


def _raised(result: Triage, rule: RedFlag, *, crisis: bool) -> Triage:
    level: Level = "emergency" if crisis else "urgent"
    cn_level = rule.cn_level if crisis else "III"
    flag = replace(rule, id=f"second_look.{rule.emergency or 'danger'}", level=level, cn_level=cn_level)
    return replace(result, level=level, cn_level=cn_level, red_flags=(flag,), selfcare=None)


def _windows(message: str) -> list[str]:
    """Return a message whole or in stretches of whole clauses."""
    told = told_in(message)
    if sum(map(len, told)) <= _WHOLE:
        return ["，".join(told)] if told else []
    windows, held = [], ""
    for clause in told:
        if held and len(held) + len(clause) > _WINDOW:
            windows.append(held)
            held = ""
        held = f"{held}，{clause}" if held else clause[:_WHOLE]
    windows.append(held)
    return windows if len(windows) <= _MOST else [*windows[: _MOST // 2], *windows[-_MOST // 2 :]]
