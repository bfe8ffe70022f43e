"""Several accounts in one configuration: a command is for one of them, or says a line of each."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from chaport_sync.cli.output import print_json, say
from chaport_sync.cli.people import UnknownError
from chaport_sync.cli.state_file import visiting
from chaport_sync.paths import (
    ACCOUNT_VARIABLE,
    accounts_directory,
    find_config,
    is_left_out,
    names_in,
    read_file,
)
from chaport_sync.store import StoreError


@contextmanager
def chosen(name: str) -> Iterator[None]:
    """Let commands be for this account while the block runs, as $CHAPORT_SYNC_ACCOUNT does."""
    before = os.environ.get(ACCOUNT_VARIABLE)
    os.environ[ACCOUNT_VARIABLE] = name
    try:
        yield
    finally:
        del os.environ[ACCOUNT_VARIABLE]
        if before is not None:
            os.environ[ACCOUNT_VARIABLE] = before


def all_accounts(config: Path | None) -> Sequence[str]:
    """Return the names of the accounts if a configuration has several and none is chosen, else nothing.

    Raises:
        UnreadableFileError: The configuration cannot be read.
    """
    path = find_config(config, os.environ)
    if os.environ.get(ACCOUNT_VARIABLE) or is_left_out(path, os.environ):
        return ()
    directory = accounts_directory(read_file(path), path)
    return () if directory is None else names_in(directory)


def of_each(config: Path | None, run: Callable[[], int], *, as_json: bool) -> int:
    """Run a command, or if there are several accounts and none is chosen, once for each, with its name above it.

    An account in which nobody has the name that was asked for is left out. Returns the highest exit code.

    Raises:
        UnknownError, StoreError: As `run`; of several accounts only if it is so for all.
    """
    names = all_accounts(config)
    if not names:
        return run()
    printed: dict[str, str] = {}
    codes, last = [], None
    with visiting(config):
        for name in names:
            out = StringIO()
            try:
                with chosen(name), redirect_stdout(out):
                    codes.append(run())
            except (UnknownError, StoreError) as error:
                last = error
                continue
            printed[name] = out.getvalue()
    if last is not None and not printed:
        raise last
    if as_json:
        print_json({"accounts": {name: json.loads(text) for name, text in printed.items()}})
        return max(codes)
    for name, text in printed.items():
        say(f"{name}:", "bold")
        sys.stdout.write(f"{text}\n")
    return max(codes)
