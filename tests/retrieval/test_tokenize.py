import pytest

from retrieval.tokenize import content_runs, stem, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("嗓子疼", ["嗓子", "子疼"]),
        ("痛 Sore Throats", ["痛", "sore", "throats"]),
        ("维生素B12缺乏", ["维生", "生素", "b12", "缺乏"]),
        ("３９．５℃", ["39.5", "c"]),
        ("", []),
        ("，。！", []),
        ("\ud800发烧\0", ["发烧"]),
    ],
)
def test_chinese_becomes_bigrams_and_latin_becomes_words(text, expected):
    assert tokens(text) == expected


def test_question_words_in_both_languages_are_not_content():
    assert content_runs("嗓子疼怎么办？") == ["嗓子疼"]
    assert content_runs("What should I do about a sore throat?") == ["sore", "throat"]
    assert content_runs("这个可以吗，是什么，我应该怎么办") == []


def test_no_bigram_forms_across_a_question_phrase():
    assert "喉怎" not in "".join(content_runs("咽喉怎么办"))


def test_stems_join_forms_of_a_word():
    assert stem("swallowing") == stem("swallow")
    assert stem("pregnant") == stem("pregnancy")
    assert stem("发烧") == "发烧"
