"""Markup becomes the text that a person would read (T5, R4, P1)."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.markup import from_html
from chaport_sync.core.text import compared_lines, harmless


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        pytest.param(
            'See <a href="https://x.example/a?b=1&amp;c=2">it</a>.', "See it (https://x.example/a?b=1&c=2).", id="words"
        ),
        pytest.param(
            "<A class='k' HREF='https://x.example/' id=1><b>x.example</b></A>", "x.example", id="the address, short"
        ),
        pytest.param('<a href="https://x.example">https://x.example/</a>', "https://x.example/", id="the address"),
        pytest.param('<a href="mailto:ann@acme.example">Ann</a>', "Ann (ann@acme.example)", id="an e-mail address"),
        pytest.param('<a href="https://x.example"><img src="i.png"></a>', "https://x.example", id="no words"),
        pytest.param('<a name="top">Top</a> <a href="https://x.example">open', "Top open", id="no address, not closed"),
        pytest.param(
            "<a href='https://x.example'>1</a><a href='https://y.example'>2</a>",
            "1 (https://x.example)2 (https://y.example)",
            id="two",
        ),
        pytest.param("<a href=https://x.example/?a=1 class=k>it</a>", "it (https://x.example/?a=1)", id="no quotes"),
        pytest.param(
            """<a title="5 > 3 href='no'" href="https://x.example">it</a>""", "it (https://x.example)", id="a title"
        ),
        pytest.param('<a href="">Top</a>', "Top", id="an empty address"),
        pytest.param('<a href="https://x.example"><b>x.</b>example</a>', "x.example", id="words in parts"),
        pytest.param(
            '<a href="https://x.example/">https://x.example</a>', "https://x.example", id="a slash at the end"
        ),
        pytest.param('<a href="https://x.example/X">x.example</a>', "x.example (https://x.example/X)", id="more of it"),
        pytest.param(
            '<a href="https://x.example/X">https://x.example/</a>',
            "https://x.example/ (https://x.example/X)",
            id="longer than it says",
        ),
        pytest.param(
            '<a href="https://x.example/">https://x.example/X</a>',
            "https://x.example/X (https://x.example/)",
            id="shorter than it says",
        ),
        pytest.param(
            '<a href="https://x.example/?to=https://y.example">y.example</a>',
            "y.example (https://x.example/?to=https://y.example)",
            id="another address within it",
        ),
        pytest.param(
            '<a href="https://x.example"><a href="https://y.example">1</a> <a href="https://z.example">2</a>',
            "1 (https://y.example) 2 (https://z.example)",
            id="one within another, as a browser takes it",
        ),
    ],
)
def test_addresses_of_links(markup: str, shown: str) -> None:
    """R4: a link shows where it leads, unless its words do."""
    assert from_html(markup, addresses=True) == shown


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        pytest.param('<img alt="a > b" src="x">text', "text", id="an angle bracket in an attribute"),
        pytest.param("<img alt='a \"> b' src=x>text", "text", id="and quotes of the other kind"),
        pytest.param("<!-- a > b -->text<!---->", "text", id="comments"),
        pytest.param('<!DOCTYPE html><?xml version="1.0"?><![endif]>text</ p>', "text", id="declarations"),
        pytest.param("5 < 6 and 7 > 3, x<3, <-, </", "5 < 6 and 7 > 3, x<3, <-, </", id="signs that are no markup"),
        pytest.param("<b>bold <i>both</b> slanted", "bold both slanted", id="crossed and not closed"),
        pytest.param('text <b class="never', 'text <b class="never', id="a tag that never ends"),
        pytest.param("text <!-- never <b>bold", "text <!-- never bold", id="a comment that never ends"),
        pytest.param("<style>p { a: b }</style>Hello<SCRIPT type='x'>1 < 2</SCRIPT >!", "Hello!", id="unseen"),
        pytest.param("<title>Mail</title>Hello<script>1</scripted>2</script>", "Hello", id="the end of its own kind"),
        pytest.param("<style>never closed", "never closed", id="a style that never ends"),
        pytest.param("<style></style><style>never closed", "never closed", id="the second that never ends"),
        pytest.param("fish &amp; chips &lt;b&gt; &amp;amp; &#8364; 5", "fish & chips <b> &amp; € 5", id="entities"),
        pytest.param("&#99999999;", "\ufffd", id="a number that no character has"),
        pytest.param("<base>5<basement>6", "56", id="unknown elements"),
        pytest.param("a</style>b</style>c", "abc", id="ends of what never began"),
        pytest.param('<a href="https://x.example">it</a>', "it", id="no address, unless asked for"),
    ],
)
def test_what_is_text(markup: str, shown: str) -> None:
    """R4: what nobody sees is left out, and nothing that is seen is lost."""
    assert from_html(markup) == shown


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        pytest.param("a<br>b<BR/>c", "a\nb\nc", id="breaks"),
        pytest.param("<p>a</p><p>b</p>", "a\nb\n", id="paragraphs"),
        pytest.param("a<div>b</div>c", "a\nb\nc", id="a block amid text"),
        pytest.param("<div>a</div><div><br></div><div>b</div>", "a\n\nb\n", id="an empty line"),
        pytest.param("<p>a<p>b", "a\nb", id="paragraphs that are not closed"),
        pytest.param("a<hr>b", "a\nb", id="a rule"),
        pytest.param("<h2>a</h2><h22>b", "a\nb", id="headings"),
        pytest.param("a<div> \n </div><p>b", "a\n \n b", id="white space begins no line"),
        pytest.param("a\n<p>b", "a\nb", id="a line that ends already"),
        pytest.param(" <b>a", " a", id="white space at the beginning"),
    ],
)
def test_lines(markup: str, shown: str) -> None:
    """R4: what stands on lines of its own on the screen stands on lines of its own in the text."""
    assert from_html(markup) == shown


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        pytest.param("Do:<ul><li>this</li><li>that</ul>Bye", "Do:\n• this\n• that\nBye", id="bullets"),
        pytest.param("<ol>\n<li>this</li>\n<li>that</li>\n</ol>", "1. this\n2. that\n", id="numbers"),
        pytest.param('<ol start="9"><li>this<li>that</ol>', "9. this\n10. that\n", id="numbers from nine"),
        pytest.param('<ol start="x"><li>this</ol>', "1. this\n", id="numbers from nowhere"),
        pytest.param('<ol start="9999999999"><li>this</ol>', "1. this\n", id="numbers from too far"),
        pytest.param(
            "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol></ol><li>d",
            "1. a\n  • b\n2. c\n• d",
            id="a list in a list",
        ),
        pytest.param("<ul><li><p>a</p></li></ul>", "• a\n", id="a paragraph in an item"),
        pytest.param("<ul><![if !supportLists]> <li>a</ul>", "• a\n", id="a declaration between items"),
        pytest.param(
            "<table><tr><td>Size</td> <td>42</td></tr>\n<tr><th>Age<th>7</table>",
            "Size · 42\nAge · 7\n",
            id="cells",
        ),
        pytest.param("<td>Size<td>42", "Size · 42", id="cells without a table"),
    ],
)
def test_lists_and_tables(markup: str, shown: str) -> None:
    """R4: items keep their numbers, and cells do not run together."""
    assert from_html(markup) == shown


BROKEN = ["<", "<a ", '<a href="', '<a href="x">', "<a href='\"", "<a=", "<!--", "<!--x>", "<![", "</", "<?", "&#"]
BROKEN += ["<style>", "<style></style", "<script></", "</td>", "<ul><li>", "<ol>", "<b \"'", "<td>", '<a b="x" ']


@pytest.mark.parametrize("end", ["", ">", '">', "<!--", "</a>"])
@pytest.mark.parametrize("piece", BROKEN)
def test_broken_markup_takes_no_longer(piece: str, end: str) -> None:
    """R4: so much of it is read in a moment; a reader that looks back and forth would need hours."""
    assert len(from_html("<" + piece * (200_000 // len(piece)) + end, addresses=True)) <= 4_000_000


def test_deep_lists() -> None:
    """R4: neither do lists within lists, whether or not they end."""
    assert from_html("<ul>" * 100_000 + "<li>a" + "</ul>" * 200_000).strip() == "• a"


@given(st.text(st.sampled_from("<>/\"'=- abp!?\n&;"), max_size=60), st.booleans())
def test_any_markup(markup: str, addresses: bool) -> None:  # noqa: FBT001 - a property of both
    """P3: nothing that an agent's editor makes raises an error."""
    from_html(markup, addresses=addresses)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=50), max_size=5))
def test_escaped_text(rows: list[str]) -> None:
    """P1: a text that was made into HTML is read as that text, in either form that Deskie may give it."""
    escaped = [html.escape(row) for row in harmless("\n".join(rows)).split("\n")]
    for markup in ("<br>".join(escaped), "<p>" + "</p><p>".join(escaped) + "</p>", "<br />\n".join(escaped)):
        assert compared_lines(from_html(markup)) == compared_lines("\n".join(rows))
