import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from configs.settings import ROOT
from retrieval.chroma_store import ChromaStore
from retrieval.errors import IndexCorrupt
from retrieval.postgres.database import Database
from retrieval.postgres.schema import upgrade
from retrieval.postgres.store import PostgresStore
from retrieval.store import VectorStore
from tests.support.postgres import PostgresServer


def unit(*rows: list[float]) -> np.ndarray:
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


Open = Callable[..., VectorStore]


@pytest.fixture(params=["chroma", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the folder or the address at which vectors are kept."""
    if request.param == "chroma":
        yield str(tmp_path / "v")
        return
    server: PostgresServer = request.getfixturevalue("vector_server")
    with server.database() as url:
        yield url


@pytest.fixture
def opened(place: str) -> Iterator[Open]:
    """Return what opens one store again and again, for a model and a limit, with vectors of a length."""
    if not place.startswith("postgresql:"):
        yield lambda model="m", limit=20_000, dimension=2: ChromaStore(Path(place), model, limit)
        return
    with closing(Database(place)) as database:
        upgrade(database)
        yield lambda model="m", limit=20_000, dimension=2: PostgresStore(database, model, dimension, limit)


def clustered(n: int) -> np.ndarray:
    return unit(*np.random.default_rng(3).normal(size=(n, 16)).tolist())


def test_the_nearest_come_first_within_one_language_or_all(opened):
    store = opened("m", dimension=3)
    store.upsert(["a", "b", "c"], unit([1, 0, 0], [0, 1, 0], [1, 0.1, 0]), ["zh", "zh", "en"])
    query = unit([1, 0, 0])[0]
    assert [i for i, _ in store.query(query, 3)] == ["a", "c", "b"]
    assert [i for i, _ in store.query(query, 3, "en")] == ["c"]
    assert store.query(query, 3, "fr") == []
    assert store.query(query, 1)[0][1] == pytest.approx(0, abs=1e-6)
    store.close()


def test_upserting_an_id_again_overwrites_its_vector(opened):
    store = opened("m")
    store.upsert(["a", "b"], unit([1, 0], [0, 1]), ["zh", "zh"])
    store.upsert(["a"], unit([0, 1]), ["zh"])
    assert store.ids() == {"a", "b"}
    assert store.query(unit([0, 1])[0], 2)[1][1] == pytest.approx(0, abs=1e-6)
    store.close()


def test_more_than_one_batch_is_written_and_deleted(opened):
    store = opened("m", dimension=16)
    ids = [str(number) for number in range(5600)]
    store.upsert(ids, clustered(5600), ["zh"] * 5600)
    assert len(store.ids()) == 5600
    store.delete([*ids, "unknown"])
    assert store.ids() == set()
    store.delete([])
    store.close()


def test_vectors_outlive_the_process_that_wrote_them(opened):
    store = opened("m")
    store.upsert(["a"], unit([1, 0]), ["zh"])
    store.close()
    again = opened("m")
    assert again.ids() == {"a"}
    again.close()


def test_each_id_keeps_its_own_vector_when_the_store_is_opened_again(opened):
    names = [f"{number * 7919 % 1000:03d}" for number in range(300)]
    vectors = clustered(300)
    store = opened("m", dimension=16)
    store.upsert(names, vectors, ["zh"] * 300)
    store.close()
    again = opened("m", dimension=16)
    assert [again.query(vector, 1)[0][0] for vector in vectors] == names
    again.close()


def test_another_model_never_sees_these_vectors(opened):
    store = opened("m1")
    store.upsert(["a"], unit([1, 0]), ["zh"])
    store.close()
    other = opened("m2")
    assert other.ids() == set()
    other.close()


def damage_database(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"garbage" * 1000)


def damage_second_half(folder: Path) -> None:
    file = folder / "chroma.sqlite3"
    os.truncate(file, file.stat().st_size // 2)


def damage_graph(folder: Path) -> None:
    for file in folder.glob("*/*.*"):
        file.write_bytes(b"xx")


def remove_graph(folder: Path) -> None:
    for part in folder.iterdir():
        if part.is_dir():
            shutil.rmtree(part)


@pytest.mark.parametrize("limit", [0, 100_000])
@pytest.mark.parametrize("damage", [damage_database, damage_second_half, damage_graph, remove_graph])
def test_a_damaged_store_is_corrupt_and_never_silently_smaller(tmp_path, damage, limit):
    origin = ChromaStore(tmp_path / "origin", "m")
    origin.upsert([str(n) for n in range(1500)], clustered(1500), ["zh"] * 1500)
    origin.close()
    # A copy, because Chroma remembers a folder by its path until the process ends.
    folder = Path(shutil.copytree(tmp_path / "origin", tmp_path / "copy"))
    damage(folder)
    with pytest.raises(IndexCorrupt):
        store = ChromaStore(folder, "m", limit)
        try:
            store.query(clustered(1)[0], 10)
        finally:
            store.close()


def exact(vectors: np.ndarray, query: np.ndarray, k: int) -> list[str]:
    return [str(row) for row in np.argsort(-(vectors @ query), kind="stable")[:k]]


@pytest.mark.parametrize("limit", [0, 100_000])
def test_both_ways_of_searching_follow_every_upsert_and_delete_and_outlive_a_restart(opened, limit):
    vectors = clustered(60)
    store = opened("m", limit, dimension=16)
    for start in range(0, 60, 7):
        batch = range(start, min(start + 7, 60))
        store.upsert([str(n) for n in batch], vectors[batch], ["zh"] * len(batch))
    store.upsert(["3", "5"], vectors[[5, 3]], ["zh", "zh"])
    vectors[[3, 5]] = vectors[[5, 3]]
    store.delete([str(n) for n in range(20, 55)])
    vectors[20:55] = -vectors[0]
    expected = exact(vectors, vectors[0], 10)
    assert [i for i, _ in store.query(vectors[0], 10)] == expected
    assert store.query(vectors[5], 1) == [("5", pytest.approx(0, abs=1e-6))]
    store.close()
    again = opened("m", limit, dimension=16)
    assert [i for i, _ in again.query(vectors[0], 10)] == expected
    assert len(again.query(vectors[0], 100)) == 25
    again.close()


@pytest.mark.parametrize("limit", [0, 100_000])
def test_a_search_may_be_kept_to_some_collections(opened, limit):
    store = opened("m", limit)
    vectors = unit([1, 0], [0.9, 0.1], [0.8, 0.2], [0.7, 0.3])
    store.upsert(list("abcd"), vectors, ["zh", "zh", "en", "zh"], ["指南", "own files", "指南", "knowledge"])

    def found(**kept: object) -> list[str]:
        return [identity for identity, _ in store.query(unit([1, 0])[0], 5, **kept)]

    assert found() == ["a", "b", "c", "d"]
    assert found(collections=["指南"]) == ["a", "c"]
    assert found(collections=["own files", "knowledge"], language="zh") == ["b", "d"]
    assert found(collections=["指南"], language="en") == ["c"]
    assert found(collections=[]) == found(collections=["absent"]) == []
    store.close()


def test_the_graph_takes_over_where_a_language_outgrows_the_limit_and_small_collections_stay_exact(opened):
    vectors = clustered(300)
    store = opened("m", 250, dimension=16)
    store.upsert([str(n) for n in range(200)], vectors[:200], ["zh"] * 200, ["large"] * 200)
    assert exact_collections(store) == {"large"}
    store.upsert([str(n) for n in range(200, 300)], vectors[200:], ["zh"] * 100, ["small"] * 100)
    assert exact_collections(store) == {"small"}
    assert [i for i, _ in store.query(vectors[7], 20)] == exact(vectors, vectors[7], 20)
    store.upsert(["en"], vectors[:1], ["en"], ["large"])
    assert exact_collections(store) == {"small", "large"}
    store.close()
    again = opened("m", 250, dimension=16)
    assert exact_collections(again) == {"small", "large"}
    assert [i for i, _ in again.query(vectors[7], 20, "zh")] == exact(vectors, vectors[7], 20)
    again.close()


def exact_collections(store: VectorStore) -> set[str]:
    return {collection for (_, collection), part in store._parts.items() if part.matrix is not None}


OTHER = """
import sys
from pathlib import Path
import numpy as np
from retrieval.chroma_store import ChromaStore
from retrieval.postgres.database import Database
from retrieval.postgres.store import PostgresStore
place, limit = sys.argv[1], int(sys.argv[2])
store = PostgresStore(Database(place), "m", 16, limit) if place.startswith("postgresql:") else ChromaStore(Path(place), "m", limit)
vectors = np.eye(16, dtype=np.float32)
store.delete(["0"])
store.upsert(["new", "elsewhere"], vectors[[8, 9]], ["zh", "zh"], ["knowledge", "other"])
store.close()
"""


@pytest.mark.parametrize("limit", [0, 100_000])
def test_a_store_follows_what_another_process_wrote(opened, place, limit):
    store = opened("m", limit, dimension=16)
    vectors = np.eye(16, dtype=np.float32)
    store.upsert([str(n) for n in range(8)], vectors[:8], ["zh"] * 8)
    subprocess.run([sys.executable, "-W", "ignore", "-c", OTHER, place, str(limit)], cwd=ROOT, check=True)
    store.follow([("new", "zh", "knowledge"), ("elsewhere", "zh", "other")], {"0"})
    assert store.query(vectors[8], 1)[0][0] == "new" and store.query(vectors[9], 1)[0][0] == "elsewhere"
    assert "0" not in {identity for identity, _ in store.query(vectors[0], 20)}
    store.follow([("new", "zh", "knowledge")], [])
    store.upsert(["mine"], vectors[10:11], ["zh"])
    assert store.query(vectors[10], 1)[0][0] == "mine"
    store.close()


@pytest.mark.parametrize("limit", [0, 100_000])
def test_searches_in_other_threads_go_on_while_the_store_changes_and_follows(opened, limit):
    store = opened("m", limit, dimension=16)
    vectors = clustered(400)
    store.upsert([str(n) for n in range(200)], vectors[:200], ["zh"] * 200)
    errors, stop = [], threading.Event()

    def search() -> None:
        while not stop.is_set():
            try:
                assert store.query(vectors[7], 5)[0][0] == "7"
            except Exception as error:
                errors.append(error)
                return

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(200, 230):
        store.upsert([str(number)], vectors[number : number + 1], ["zh"])
        store.delete([str(number - 100)])
        store.follow([("absent", "zh", "knowledge")], [])
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    store.close()
