"""The page of settings, and secrets that come as files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.cli import main
from configs.errors import ConfigError
from configs.locales import LANGUAGES, Language, catalogue
from configs.settings import OTHER, ROOT, ModelSettings, load_settings
from configs.table import OTHERS, page, rows, variable_names

PAGES: dict[Language, str] = {"en": "settings.md", "zh": "settings_zh.md"}
BOTH = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(autouse=True)
def _no_variables_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SHENSI_")]:
        monkeypatch.delenv(name)


@BOTH
def test_the_page_of_settings_is_current(language: Language) -> None:
    assert (ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8") == page(language), "python -m agent settings --write"


@BOTH
def test_every_setting_has_a_meaning_and_every_meaning_a_setting(language: Language) -> None:
    told = {
        key.removeprefix("setting.") for key in catalogue(language) if key.startswith("setting.") and "." in key.removeprefix("setting.")
    }
    assert told == {row.key.replace(".<role>", "") for row in rows()} | {f"var.{name}" for name in OTHERS}


@BOTH
def test_the_command_prints_the_page(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "--lang", language]) == 0
    assert capsys.readouterr().out == page(language)


def test_both_readmes_lead_to_the_page() -> None:
    for readme, name in (("README.md", "settings.md"), ("README_zh.md", "settings_zh.md")):
        assert f"(docs/{name})" in (ROOT / readme).read_text(encoding="utf-8")


def test_every_variable_of_the_table_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is set to a value that cannot be meant: what is read complains, what is ignored would not."""
    free = {"text", "secret", "path"}
    for row in rows():
        if row.allowed.split(",")[0] in free:
            continue
        with monkeypatch.context() as patch:
            patch.setenv(row.variable.replace("<ROLE>", "DRAFT"), "no such value")
            with pytest.raises(ConfigError):
                load_settings()


def test_variables_beside_the_settings_are_not_taken_for_typing_errors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert {name for name in OTHERS if name.startswith("SHENSI_")} == OTHER <= variable_names()
    for name in OTHER:
        monkeypatch.setenv(name, str(tmp_path))
    assert load_settings() == load_settings()


def test_one_value_of_a_role_leaves_the_others_of_that_role_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENSI_LLM__ROLES__DRAFT__MAX_TOKENS", "500")
    usual = ModelSettings().roles["draft"]
    assert load_settings().llm.roles["draft"] == usual.model_copy(update={"max_tokens": 500})


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as Kubernetes mounts it: names are links into a hidden folder."""
    hidden = tmp_path / "..data"
    hidden.mkdir()
    told = {"SHENSI_STORAGE__URL": "postgresql://shensi:pw@db/shensi\n", "LLM_API_KEY": "model-key\n", "ca.crt": "not ours"}
    for name, value in told.items():
        (hidden / name).write_text(value, encoding="utf-8")
        (tmp_path / name).symlink_to(f"..data/{name}")
    monkeypatch.setenv("SHENSI_SECRETS_DIR", str(tmp_path))
    return tmp_path


def test_secrets_are_read_from_files(secrets: Path) -> None:
    settings = load_settings()
    assert settings.storage.url.get_secret_value() == "postgresql://shensi:pw@db/shensi"
    assert settings.llm.api_key.get_secret_value() == "model-key"
    assert "pw@db" not in repr(settings)


def test_a_variable_wins_over_a_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_API_KEY", "other")
    monkeypatch.setenv("SHENSI_STORAGE__URL", "")
    settings = load_settings()
    assert (settings.llm.api_key.get_secret_value(), settings.storage.url.get_secret_value()) == ("other", "")


def test_a_file_with_a_typing_error_in_its_name_is_refused(secrets: Path) -> None:
    (secrets / "SHENSI_STORGE__URL").write_text("postgresql://db/shensi", encoding="utf-8")
    with pytest.raises(ConfigError, match="STORGE"):
        load_settings()


def test_a_folder_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHENSI_SECRETS_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert caught.value.code == "config_unreadable"
