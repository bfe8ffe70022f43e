"""`service install` and `service remove`, as they are typed."""

import sys
from pathlib import Path

import click

from chaport_sync.cli.options import PATH, json_option

_root = click.option("--root", type=PATH, metavar="DIR", default=Path("/"), help="Do it below this directory only.")
_force = click.option("--force", is_flag=True, help="Do not spare files that somebody changed.")


@click.group()
def service() -> None:
    """Install the program as a service, or remove it."""


@service.command()
@_force
@_root
@json_option
def install(*, force: bool, root: Path, as_json: bool) -> None:
    """Put the service on this host.

    That is its units, the command, the manual, and an example of the configuration. It says what it does with each
    file, and can be done again at any time, such as after an upgrade. A configuration that is there stays as it is. So
    does a unit that somebody changed, unless --force is given. No service is started.
    """
    from chaport_sync.cli.service_host import run_install

    sys.exit(run_install(root.absolute(), force=force, as_json=as_json))


@service.command()
@click.option("--purge", is_flag=True, help="Remove the configuration, the keys and the memory too.")
@click.option("--yes", is_flag=True, help="Consent to --purge.")
@_force
@_root
@json_option
def remove(*, purge: bool, yes: bool, force: bool, root: Path, as_json: bool) -> None:
    """Remove the service from this host.

    The services are stopped and disabled, and what install has put on this host is removed. The configuration, the
    keys and the memory stay unless --purge is given, which asks first.
    """
    from chaport_sync.cli.service_host import run_remove

    sys.exit(run_remove(root.absolute(), force=force, purge=purge, consent=yes, as_json=as_json))
