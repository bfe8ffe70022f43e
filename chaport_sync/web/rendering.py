"""Makes HTML of templates; the only place that knows jinja2, which is imported when the first page is asked for."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:
    """Return a page; all values are text for the reader, whatever they contain."""
    return _environment().get_template(template).render(style=style(), **values)


@cache
def style() -> str:
    """Return the style of all pages, which stands in each of them."""
    return (files("chaport_sync.web") / "templates" / "style.css").read_text("utf-8")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - 6 MB that only the page needs

    return Environment(
        loader=PackageLoader("chaport_sync.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
