"""Collections, uploads, searches and chunks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from agent.schema import Wire
from agent.wire.common import Language, Request

CollectionName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_\-\u3400-\u9fff]{1,64}$")]
Tier = Literal["low", "medium", "high"]
Arm = Literal["answer", "bm25", "dense", "sparse", "fused", "rerank"]
Stage = Literal["", "reading", "embedding", "writing"]
JobState = Literal["waiting", "running", "done", "failed", "interrupted"]


class CollectionItem(Wire):
    """One collection in numbers; ``languages`` counts chunks."""

    name: str
    documents: int
    chunks: int
    languages: dict[str, int]
    changed: str
    """When, in UTC; empty where it is not known."""
    own: bool
    """Whether it may be added to and removed; the others belong to the installation."""


class FileItem(Wire):
    """A file of a collection and how many documents came of it."""

    name: str
    documents: int


class JobProblem(Wire):
    """A file, or a line of one, that could not be taken in; the others were."""

    file: str
    code: str
    message: str


class Job(Wire):
    """The taking in of one uploaded file."""

    id: str
    collection: str
    file: str
    state: JobState
    stage: Stage = ""
    done: int = 0
    total: int = 0
    created: str
    updated: str
    counts: dict[str, int] = Field(default_factory=dict)
    """Documents ``added``, ``replaced``, ``removed``, ``unchanged``, and ``chunks`` written."""
    problems: list[JobProblem] = Field(default_factory=list)


class Removed(Wire):
    """What was taken out of the index."""

    documents: int


class SearchRequest(Request):
    """What to search for; ``arm`` says at which stage to stop, ``answer`` is what an answer would be written from."""

    query: str = Field(min_length=1, max_length=3000, examples=["儿童发烧多少度要去医院"])
    language: Language | None = None
    k: int = Field(10, ge=1, le=50)
    arm: Arm = "answer"
    collections: list[CollectionName] | None = Field(None, min_length=1, max_length=50)


class StageItem(Wire):
    """One step of a search: how many candidates it left, and the time it took."""

    name: str
    candidates: int
    seconds: float
    note: str = ""


class HitItem(Wire):
    """A chunk and what each stage gave it; ``null`` where a stage did not return it, or did not run."""

    rank: int
    id: str
    collection: str
    document: str
    section: str
    text: str
    publisher: str
    source: str
    year: int
    tier: str
    page: int
    score: float
    bm25: float | None
    dense: float | None
    sparse: float | None
    rerank: float | None
    bonus: float
    pulled: bool
    """Not found by its words: the section on who must take care, of a high-risk document that was found."""


class DroppedItem(Wire):
    """A chunk that ranked high enough and was still left out."""

    chunk: str
    reason: str
    of: str = ""


class SearchAnswer(Wire):
    """Hits, best first, and how they came about. ``relevant`` is false where they do not cover the question: no answer would be written."""

    query: str
    expanded: str
    relevant: bool
    confidence: float
    signals: dict[str, Any]
    arms: list[str]
    unavailable: dict[str, str]
    """Stages that are configured and did not serve, with the code of the reason."""
    stages: list[StageItem]
    hits: list[HitItem]
    dropped: list[DroppedItem]


class ChunkItem(Wire):
    """A stretch of a document as a citation refers to it; ``previous`` and ``next`` are its neighbours."""

    id: str
    version: str
    collection: str
    document_id: str
    document: str
    section: str
    text: str
    language: str
    publisher: str
    source: str
    year: int
    tier: str
    reviewed: bool
    page: int
    previous: str | None = None
    next: str | None = None
