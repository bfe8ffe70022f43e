"""Grammar of sentences for people."""

import tomllib

import pytest

from chaport_sync.core.wording import gist, nobody, number, toml_line


@pytest.mark.parametrize(("count", "words"), [(0, "0 lines are"), (1, "1 line is"), (2, "2 lines are")])
def test_numbers(count: int, words: str) -> None:
    """One is one; none and several are several."""
    assert number(count, "line is", "lines are") == words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("its agents left; it goes offline when the grace is over", "its agents left"),
        ("its agents left, and the grace is over", "its agents left, and the grace is over"),
        ("it is left (Ann: Lunch; Bob: Out)", "it is left (Ann: Lunch; Bob: Out)"),
        ("it is left (Ann: Lunch; Bob: Out); it is renewed", "it is left (Ann: Lunch; Bob: Out)"),
    ],
)
def test_what_comes_before_the_details(words: str, said: str) -> None:
    """What follows a semicolon is left out, unless it stands in brackets."""
    assert gist(words) == said


@pytest.mark.parametrize(
    ("paired", "words"),
    [
        (0, "it has no agents; add them there"),
        (1, "it has no agents, but 1 was paired before"),
        (2, "it has no agents, but 2 were paired before"),
    ],
)
def test_an_empty_list(paired: int, words: str) -> None:
    """S8: who was there before is missed; in a new account people are still to be added."""
    assert nobody("agents", paired) == words


@pytest.mark.parametrize(
    ("key", "line"),
    [
        pytest.param("Az-09_x", 'Az-09_x = "Bot \\"ü\\""', id="letters, digits, hyphens, underscores"),
        pytest.param("a.b", '"a.b" = "Bot \\"ü\\""', id="a dot would make a table of it"),
        pytest.param("ü x", '"ü x" = "Bot \\"ü\\""', id="other letters, and spaces"),
        pytest.param("", '"" = "Bot \\"ü\\""', id="nothing"),
    ],
)
def test_lines_to_paste(key: str, line: str) -> None:
    """A key is quoted if TOML asks for it, a value always; letters of any language are left to be read."""
    assert toml_line(key, 'Bot "ü"') == line
    assert tomllib.loads(line) == {key: 'Bot "ü"'}
