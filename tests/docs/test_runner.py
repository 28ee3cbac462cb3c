"""The runner of the pages catches what it is there to catch."""

from pathlib import Path

import pytest

from tests.docs.pages import FOLDER, Block, as_json, blocks, differences, text_differences
from tests.docs.shell import Shell
from tests.docs.test_pages import Reader


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell("http://127.0.0.1:1", tmp_path, lambda: "")


@pytest.mark.parametrize(
    ("shown", "came"),
    [
        ({"id": 1, "hint": "x"}, {"id": 1}), ({"id": 1}, {"id": 1, "hint": "x"}), ({"id": "1"}, {"id": 1}),
        ({"id": True}, {"id": 1}), ({"id": None}, {"id": 0}), ({"id": 1}, {"id": 2}), ([1], [1, 2]), ([1, 2], [1]),
        ({"at": "2026-…"}, {"at": "2025-01-01"}), ({"id": 1, "…": 0}, {"hint": "x"}), ([{"id": 1}, "…"], [{"id": 2}, 3]),
    ],
)  # fmt: skip
def test_what_is_not_as_shown_is_found(shown: object, came: object) -> None:
    assert differences(shown, came)


def test_what_is_left_out_stays_out() -> None:
    shown = as_json('{"id": …, "of": [{"a": "x…", …}, …], "none": null, "text": "a … b", …}')
    came = {"id": 7, "of": [{"a": "xyz", "b": 1}, {"c": 2}], "none": None, "text": "a long b", "more": 1}
    assert differences(shown, came) == []
    assert text_differences("a …\n…\nz\n", "a 1  \nb\nc\nz\n") == []
    assert text_differences("a\nb\n", "a\nc\n")
    assert text_differences("a\n", "a\nb\n")


def test_a_language_without_a_runner_fails(shell: Shell) -> None:
    for language in ("ruby", "", "console"):
        assert "no runner" in Reader(shell).read(Block(language, "", "puts 1\n", 1))[0]


@pytest.mark.parametrize(
    "line",
    [
        "curl --compressed http://x", "curl http://x http://y", "wget http://x", "curl http://x/?a=1&b=2", "milepost nothing",
        "echo a > b", "echo $(curl -k http://x)", "milepost kpi push a b; echo",
    ],
)  # fmt: skip
def test_what_the_runner_does_not_know_or_what_fails_is_not_passed_over(shell: Shell, line: str) -> None:
    with pytest.raises(AssertionError):
        shell.run(line)


def test_an_answer_without_a_question_and_a_line_that_is_no_crontab_fail(shell: Shell) -> None:
    assert Reader(shell).read(Block("json", "", "{}", 1))
    assert Reader(shell).read(Block("cron", "", "every monday milepost week\n", 1))


@pytest.mark.parametrize("page", ["api.md", "cli.md"])
def test_no_fence_of_a_page_is_overlooked(page: str) -> None:
    lines = (FOLDER / page).read_text(encoding="utf-8").splitlines()
    assert sum("```" in line for line in lines) == 2 * len(blocks(page)) > 20
