"""How the evidence of a turn was found, in lines for a reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from configs.locales import catalogue, text

_SCORES = ("bm25", "dense", "sparse", "rerank")


def search_lines(search: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield one line for a search, one for its stages, and one a hit and chunk left out."""
    verdict = text(language, "chat.why_relevant" if search["relevant"] else "chat.why_irrelevant")
    yield text(language, "chat.why_search", query=search["query"], confidence=f"{search['confidence']:.2f}", verdict=verdict)
    stages = " → ".join(f"{s['name']} {s['candidates']} ({1e3 * s['seconds']:.1f} ms)" for s in search["stages"])
    yield text(language, "chat.why_stages", stages=stages)
    for name, reason in search["unavailable"].items():
        yield text(language, "chat.why_unavailable", name=name, reason=_reason(reason, language))
    for hit in search["hits"]:
        scores = ", ".join(f"{name} {hit[name]:.3f}" for name in _SCORES if hit[name] is not None)
        where = " · ".join(filter(None, (hit["document"], hit["section"])))
        yield text(language, "chat.why_pulled" if hit["pulled"] else "chat.why_hit", rank=hit["rank"], where=where, scores=scores or "-")
    for dropped in search["dropped"][:3]:
        yield text(language, f"chat.why_dropped_{dropped['reason']}", chunk=dropped["chunk"])


def _reason(code: str, language: str) -> str:
    """Return what an error's code means, or the code where the sentence has blanks: a search keeps codes only."""
    sentence = catalogue(language).get(f"errors.{code}", code)
    return code if "{" in sentence else sentence
