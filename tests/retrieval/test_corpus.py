import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from retrieval.chunk import chunk_document
from retrieval.corpus import Corpus, Row, indexed_text
from retrieval.documents import Document
from retrieval.manifest import Manifest
from retrieval.tokenize import tokens

WORDS = ("发烧", "咳嗽三天", "头痛", "布洛芬", "腹泻", "孕妇", "儿童", "fever", "cough")


def row(name: str, body: str, language: str = "zh", collection: str = "knowledge", keywords: str = "") -> Row:
    """Return the one chunk of a small document."""
    words = tuple(keywords.split("\n")) if keywords else ()
    document = Document(name, name, language, "p", "s", 2020, "low", words, False, body, f"{name}.md", collection)
    return chunk_document(document, 480)[0], keywords


def publish(manifest: Manifest, name: str, body: str) -> None:
    """Write a document as an ingest does."""
    document = Document(name, name, "zh", "p", "s", 2020, "low", (), False, body, f"{name}.md", "knowledge")
    write(manifest, document)


def write(manifest: Manifest, document: Document) -> None:
    manifest.publish(manifest.add([(document, chunk_document(document, 480))], 480))


def empty(folder: Path) -> Corpus:
    manifest = Manifest(folder / "manifest.sqlite3")
    corpus = Corpus.load(manifest, 1.5, 0.75)
    manifest.close()
    return corpus


def same_as_plain(corpus: Corpus, present: dict[str, Row], question: str) -> None:
    """Assert that every chunk present scores as in a BM25Okapi over exactly these chunks."""
    plain = BM25Okapi([tokens(indexed_text(chunk, words)) for chunk, words in present.values()])
    scores = corpus.bm25.scores(tokens(question))
    np.testing.assert_allclose(scores[[corpus.numbers[name] for name in present]], plain.get_scores(tokens(question)), atol=1e-9, rtol=0)


def assert_whole(corpus: Corpus, present: dict[str, Row]) -> None:
    assert corpus.numbers.keys() == present.keys()
    for name, (chunk, words) in present.items():
        assert (corpus.chunks[corpus.numbers[name]], corpus.keywords[corpus.numbers[name]]) == (chunk, words)
    assert len(corpus.chunks) == len(corpus.keywords) == len(corpus.bm25.alive)
    assert corpus.documents == len({chunk.document_id for chunk, _ in present.values()})


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return empty(tmp_path_factory.mktemp("empty"))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_after_any_changes_a_corpus_holds_and_scores_exactly_the_chunks_that_are_there(nothing, data):
    corpus, present = nothing, {}
    for step in range(data.draw(st.integers(1, 5))):
        bodies = data.draw(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8), max_size=5))
        added = [row(f"d{step}-{number}", "。".join(body), keywords="退热") for number, body in enumerate(bodies)]
        removed = data.draw(st.lists(st.sampled_from(sorted(present)), unique=True)) if present else []
        again = [value for value in present.values() if data.draw(st.booleans())]
        earlier, then = corpus, dict(present)
        corpus = corpus.changed([*added, *again], {*removed, "unknown"})
        present = {name: value for name, value in present.items() if name not in removed}
        present |= {chunk.id: (chunk, words) for chunk, words in [*added, *again]}
        assert_whole(corpus, present)
        assert_whole(earlier, then)
        if present:
            same_as_plain(corpus, present, "发烧咳嗽 fever 布洛芬")


def test_a_corpus_that_changed_a_lot_gives_up_the_places_of_removed_chunks(nothing):
    rows = [row(f"d{number}", f"发烧第{number}天") for number in range(1300)]
    corpus = nothing.changed(rows, [])
    corpus = corpus.changed([], [chunk.id for chunk, _ in rows[:700]])
    present = {chunk.id: (chunk, words) for chunk, words in rows[700:]}
    assert_whole(corpus, present)
    same_as_plain(corpus, present, "发烧第800天")
    assert len(corpus.chunks) == 600


def test_a_mask_knows_language_and_collection_of_old_and_new_chunks(nothing):
    corpus = nothing.changed([row("a", "发烧"), row("b", "fever", "en"), row("c", "发烧", collection="own")], [])
    corpus = corpus.changed([row("d", "头痛", collection="own")], [corpus.chunks[0].id])

    def names(*key: object) -> list[str]:
        mask = corpus.mask(*key)
        assert mask is not None
        return [chunk.document_id for chunk, inside in zip(corpus.chunks, mask, strict=True) if inside and chunk.id in corpus.numbers]

    assert corpus.mask(None) is None and corpus.mask(None, None) is None
    assert names("zh") == ["c", "d"] and names("en") == ["b"] and names("fr") == []
    assert names("zh", ["own"]) == ["c", "d"] and names(None, {"own", "knowledge"}) == ["b", "c", "d"]
    assert names("en", ["own"]) == names(None, []) == names(None, ["absent"]) == []
    assert [corpus.chunks[n].document_id for n in corpus.bm25.top(tokens("发烧"), 5, corpus.mask(None, ["own"]))[0]] == ["c"]


def test_searches_go_on_in_an_older_picture_while_newer_ones_are_made(nothing):
    corpus = nothing.changed([row(f"d{number}", f"发烧第{number}天") for number in range(50)], [])
    expected = corpus.bm25.top(tokens("发烧第7天"), 10)
    errors, stop = [], threading.Event()

    def search() -> None:
        while not stop.is_set():
            numbers, scores = corpus.bm25.top(tokens("发烧第7天"), 10)
            if numbers.tolist() != expected[0].tolist() or scores.tolist() != expected[1].tolist():
                errors.append(numbers)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    newer = corpus
    for step in range(40):
        newer = newer.changed([row(f"n{step}", f"发烧新词{step}第7天")], [newer.chunks[step].id])
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == [] and newer.documents == 50


def test_compiled_postings_open_the_same_corpus_and_follow_what_was_published_since(tmp_path, monkeypatch):
    manifest, compiled = Manifest(tmp_path / "manifest.sqlite3"), tmp_path / "postings.npz"
    for number in range(30):
        publish(manifest, f"d{number}", f"发烧第{number}天，咳嗽 cough{number}")
    first = Corpus.load(manifest, 1.5, 0.75, compiled)
    counted = []
    monkeypatch.setattr("retrieval.corpus.tokens", lambda text: counted.append(text) or tokens(text))
    second = Corpus.load(manifest, 1.2, 0.5, compiled)
    assert counted == [] and second.chunks == first.chunks
    present = {chunk.id: (chunk, "") for chunk in first.chunks}
    plain = BM25Okapi([tokens(indexed_text(chunk, "")) for chunk in first.chunks], k1=1.2, b=0.5)
    np.testing.assert_allclose(second.bm25.scores(tokens("发烧第7天")), plain.get_scores(tokens("发烧第7天")), atol=1e-9, rtol=0)

    publish(manifest, "d3", "头痛两天")
    publish(manifest, "new", "腹泻")
    third = Corpus.load(manifest, 1.5, 0.75, compiled)
    assert len(counted) == 2
    present = {chunk.id: (chunk, words) for chunk, words in manifest.ready()}
    assert_whole(third, present)
    same_as_plain(third, present, "发烧第7天头痛腹泻")
    Corpus.load(manifest, 1.5, 0.75, compiled)
    assert len(counted) == 2
    manifest.close()


def spoil_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_nothing_left(path: Path) -> None:
    path.write_bytes(b"")


def spoil_code(path: Path) -> None:
    arrays = dict(np.load(path))
    np.savez(path, **(arrays | {"code": arrays["code"][::-1].copy()}))


@pytest.mark.parametrize("spoil", [spoil_bytes, spoil_nothing_left, spoil_code])
def test_damaged_or_outdated_compiled_postings_are_compiled_again(tmp_path, spoil, monkeypatch):
    manifest, compiled = Manifest(tmp_path / "manifest.sqlite3"), tmp_path / "postings.npz"
    for name, body in (("a", "发烧"), ("b", "头痛"), ("c", "腹泻")):
        publish(manifest, name, body)
    Corpus.load(manifest, 1.5, 0.75, compiled)
    spoil(compiled)
    counted = []
    monkeypatch.setattr("retrieval.corpus.tokens", lambda text: counted.append(text) or tokens(text))
    corpus = Corpus.load(manifest, 1.5, 0.75, compiled)
    assert [corpus.chunks[n].document_id for n in corpus.bm25.top(tokens("头痛"), 5)[0]] == ["b"]
    assert len(counted) == 3
    assert np.load(compiled)["lengths"].sum() == corpus.bm25.lengths.sum()
    manifest.close()


def test_a_folder_without_room_for_compiled_postings_costs_nothing_but_time(tmp_path):
    manifest = Manifest(tmp_path / "manifest.sqlite3")
    publish(manifest, "a", "发烧")
    assert Corpus.load(manifest, 1.5, 0.75, tmp_path / "absent" / "postings.npz").documents == 1
    manifest.close()
