import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import IndexCorrupt
from retrieval.store import VectorStore


def unit(*rows: list[float]) -> np.ndarray:
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def clustered(n: int) -> np.ndarray:
    return unit(*np.random.default_rng(3).normal(size=(n, 16)).tolist())


def test_the_nearest_come_first_within_one_language_or_all(tmp_path):
    store = VectorStore(tmp_path / "v", "m")
    store.upsert(["a", "b", "c"], unit([1, 0, 0], [0, 1, 0], [1, 0.1, 0]), ["zh", "zh", "en"])
    query = unit([1, 0, 0])[0]
    assert [i for i, _ in store.query(query, 3)] == ["a", "c", "b"]
    assert [i for i, _ in store.query(query, 3, "en")] == ["c"]
    assert store.query(query, 3, "fr") == []
    assert store.query(query, 1)[0][1] == pytest.approx(0, abs=1e-6)
    store.close()


def test_upserting_an_id_again_overwrites_its_vector(tmp_path):
    store = VectorStore(tmp_path / "v", "m")
    store.upsert(["a", "b"], unit([1, 0], [0, 1]), ["zh", "zh"])
    store.upsert(["a"], unit([0, 1]), ["zh"])
    assert store.ids() == {"a", "b"}
    assert store.query(unit([0, 1])[0], 2)[1][1] == pytest.approx(0, abs=1e-6)
    store.close()


def test_more_than_one_batch_is_written_and_deleted(tmp_path):
    store = VectorStore(tmp_path / "v", "m")
    ids = [str(number) for number in range(5600)]
    store.upsert(ids, clustered(5600), ["zh"] * 5600)
    assert len(store.ids()) == 5600
    store.delete([*ids, "unknown"])
    assert store.ids() == set()
    store.delete([])
    store.close()


def test_vectors_outlive_the_process_that_wrote_them(tmp_path):
    store = VectorStore(tmp_path / "v", "m")
    store.upsert(["a"], unit([1, 0]), ["zh"])
    store.close()
    again = VectorStore(tmp_path / "v", "m")
    assert again.ids() == {"a"}
    again.close()


def test_another_model_never_sees_these_vectors(tmp_path):
    store = VectorStore(tmp_path / "v", "m1")
    store.upsert(["a"], unit([1, 0]), ["zh"])
    store.close()
    other = VectorStore(tmp_path / "v", "m2")
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


@pytest.mark.parametrize("damage", [damage_database, damage_second_half, damage_graph, remove_graph])
def test_a_damaged_store_is_corrupt_and_never_silently_smaller(tmp_path, damage):
    origin = VectorStore(tmp_path / "origin", "m")
    origin.upsert([str(n) for n in range(1500)], clustered(1500), ["zh"] * 1500)
    origin.close()
    # A copy, because Chroma remembers a folder by its path until the process ends.
    folder = Path(shutil.copytree(tmp_path / "origin", tmp_path / "copy"))
    damage(folder)
    with pytest.raises(IndexCorrupt):
        store = VectorStore(folder, "m")
        try:
            store.query(clustered(1)[0], 10)
        finally:
            store.close()
