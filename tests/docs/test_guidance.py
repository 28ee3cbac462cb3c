"""The keys of the linter and docs/guidance.md agree, and each fires on its bad example and not on its good one."""

import re

import pytest

from milepost.core.guidance import RULES
from tests.docs.guidance import EXAMPLES, PAGE, about, row

TEXT = PAGE.read_text(encoding="utf-8")


def test_code_page_and_examples_have_the_same_keys() -> None:
    on_page = re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE)
    assert on_page == list(RULES)
    assert set(EXAMPLES) == set(RULES)


@pytest.mark.parametrize("key", RULES)
def test_a_key_fires_on_its_bad_example_and_is_silent_on_its_good_one(key: str) -> None:
    assert len(about(key, EXAMPLES[key].said_of_bad())) == 1
    assert about(key, EXAMPLES[key].said_of_good()) == []


@pytest.mark.parametrize("key", RULES)
def test_a_row_of_the_page_says_what_the_linter_says(key: str) -> None:
    assert row(key) in TEXT.splitlines()


@pytest.mark.parametrize("key", RULES)
def test_why_and_how_are_a_sentence_each(key: str) -> None:
    rule = RULES[key]
    for text in (rule.why, rule.how):
        assert text[0].isupper() or text[0] == "“"
        assert text.endswith(".")
        assert "!" not in text
