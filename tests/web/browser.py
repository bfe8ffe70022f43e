"""A real browser, headless, that keeps what it asked for and what went wrong."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import pytest
from playwright.sync_api import Browser, Dialog, HttpCredentials, Page, sync_playwright

WIDE, NARROW = 1200, 360


@dataclass
class Tab:
    """One page in the browser.

    Attributes:
        page: The library's page.
        asked: The address of each request.
        wrong: Each error of the console or of a script, and each dialogue.
    """

    page: Page
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the browser that is installed; skip the test where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    # As root, the browser refuses to start with its sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


@contextmanager
def tab(
    started: Browser, *, width: int = WIDE, scheme: Literal["light", "dark"] = "light", password: str = ""
) -> Iterator[Tab]:
    """Open an empty page of this width (pixels)."""
    login = HttpCredentials(username="anybody", password=password) if password else None
    context = started.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        http_credentials=login,
    )
    found = Tab(context.new_page())
    found.page.on("request", lambda request: found.asked.append(request.url))
    found.page.on("console", lambda message: found.wrong.append(message.text))
    found.page.on("pageerror", lambda error: found.wrong.append(str(error)))

    def dismiss(dialogue: Dialog) -> None:
        found.wrong.append(dialogue.message)
        dialogue.dismiss()

    found.page.on("dialog", dismiss)
    try:
        yield found
    finally:
        context.close()
