"""The files for containers: their configuration loads, and they agree with the unit and the program.

Neither Docker nor Kubernetes is asked.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from chaport_sync.config.accounts import LoadedAccounts, load_accounts
from chaport_sync.paths import find_config
from tests.docs.pages import ROOT
from tests.docs.test_commands import PROGRAM
from tests.test_unit_file import service

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
#: Where the program looks for the shared file, and where that looks for the accounts.
CONFIG, ACCOUNTS = find_config(None, {}), "/accounts.d"


def compose() -> dict[str, Any]:
    """Return the compose file."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def kubernetes(kind: str, name: str = "chaport-sync") -> dict[str, Any]:
    """Return an object of the manifest."""
    for found in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8")):
        if (found["kind"], found["metadata"]["name"]) == (kind, name):
            return dict(found)
    raise KeyError(kind, name)


def pod() -> dict[str, Any]:
    """Return what each worker is in Kubernetes."""
    return dict(kubernetes("Deployment")["spec"]["template"]["spec"])


def mounted(folder: Path, files: dict[str, str]) -> Path:
    """Write files as Kubernetes mounts them: each is a link to one in a folder that is replaced as a whole."""
    inside = folder / "..2026_11_02_09_00_00.1"
    inside.mkdir(parents=True)
    (folder / "..data").symlink_to(inside.name)
    for name, text in files.items():
        (inside / name).write_text(text, "utf-8")
        (folder / name).symlink_to(f"..data/{name}")
    return folder


def loaded(tmp_path: Path, shared: str, accounts: dict[str, str]) -> LoadedAccounts:
    """Load a shared file and the accounts beside it, as the daemon in a container does."""
    directory = mounted(tmp_path / "accounts", accounts)
    assert f'directory = "{ACCOUNTS}"' in shared
    file = mounted(tmp_path / "shared", {"config.toml": shared.replace(ACCOUNTS, str(directory))}) / "config.toml"
    found = load_accounts(file, environ={})
    assert found is not None
    assert found.rejected == {}
    return found


def of_acme() -> dict[str, str]:
    """Return the files of the account in the manifest."""
    return {
        **kubernetes("ConfigMap", "chaport-sync-accounts")["data"],
        **kubernetes("Secret", "chaport-sync-accounts")["stringData"],
    }


def test_kubernetes_runs_what_it_configures(tmp_path: Path) -> None:
    """The shared file, the account, its keys and the database are found, and the probe reaches it."""
    files = of_acme()
    shared = kubernetes("ConfigMap")["data"]["config.toml"]
    (settings,) = loaded(tmp_path, shared, files).settings.values()
    assert settings.cluster.url == files["cluster_database"]
    assert settings.deskie.api_key.get_secret_value() == files["acme.deskie_api_key"]
    (worker,) = pod()["containers"]
    (port,) = worker["ports"]
    assert settings.web.address == ("0.0.0.0", port["containerPort"])  # noqa: S104 - the kubelet is another machine
    assert worker["livenessProbe"]["httpGet"] == {"path": "/livez", "port": port["name"]}
    scraped = kubernetes("Deployment")["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"]
    assert int(scraped) == port["containerPort"]


def test_kubernetes_mounts_it_where_it_is_looked_for() -> None:
    """Each volume exists, and is mounted where the program, or the shared file, says."""
    (worker,) = pod()["containers"]
    places = {each["name"]: each["mountPath"] for each in worker["volumeMounts"]}
    assert places == {"shared": str(CONFIG.parent), "accounts": ACCOUNTS}
    shared, accounts = pod()["volumes"]
    assert shared == {"name": "shared", "configMap": {"name": kubernetes("ConfigMap")["metadata"]["name"]}}
    for source in accounts["projected"]["sources"]:
        for kind, one in source.items():
            assert kubernetes({"configMap": "ConfigMap", "secret": "Secret"}[kind], one["name"])


def test_compose_runs_what_it_configures(tmp_path: Path) -> None:
    """The shared file loads with an account; the database is the one beside, and the ports are the page's."""
    files = {name: text for name, text in of_acme().items() if name != "cluster_database"}
    (settings,) = loaded(tmp_path, (DEPLOY / "config.toml").read_text("utf-8"), files).settings.values()
    services = compose()["services"]
    user = services["postgres"]["environment"]["POSTGRES_USER"]
    assert settings.cluster.url == f"postgresql://{user}@postgres/{user}"
    assert settings.web.address is not None
    for name in ("one", "two"):
        assert services[name]["hostname"] == name
        assert [each.rpartition(":")[2] for each in services[name]["ports"]] == [str(settings.web.address[1])]
        assert [each.split(":")[1] for each in services[name]["volumes"]] == [str(CONFIG), ACCOUNTS]
        assert (DEPLOY / services[name]["build"]["context"] / services[name]["build"]["dockerfile"]).is_file()


def test_the_image_is_the_programs() -> None:
    """It is installed where the unit has it, with an extra that exists, and starts with a command that exists."""
    program = service()["ExecStart"][0].split()[0]
    assert f"PATH={Path(program).parent}:" in DOCKERFILE
    (extra,) = re.findall(r"'\.\[(\w+)\]'", DOCKERFILE)
    assert extra in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert f'ENTRYPOINT ["{Path(program).name}"]' in DOCKERFILE
    (command,) = re.findall(r'CMD \["(\w+)"\]', DOCKERFILE)
    assert (command,) in PROGRAM


def test_each_runs_as_the_unit_does() -> None:
    """Without rights, on a disk that cannot be written, with the unit's memory, and as long as a stop may take."""
    (worker,) = pod()["containers"]
    (user,) = re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)
    assert pod()["securityContext"]["runAsNonRoot"]
    assert pod()["securityContext"]["runAsUser"] == int(user) > 0
    assert worker["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    stop, memory = service()["TimeoutStopSec"][0], service()["MemoryMax"][0]
    assert pod()["terminationGracePeriodSeconds"] == int(stop)
    assert worker["resources"]["limits"]["memory"] == f"{memory}i"
    for name in ("one", "two"):
        ours = compose()["services"][name]
        assert (ours["stop_grace_period"], ours["mem_limit"]) == (f"{stop}s", memory.lower())
        assert ours["read_only"]
        assert ours["cap_drop"] == ["ALL"]


def test_an_older_worker_is_gone_before_the_next() -> None:
    """Both selectors find the workers, and a rollout and whoever empties nodes take one at a time."""
    deployment = kubernetes("Deployment")["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    assert deployment["replicas"] > 1
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    budget = kubernetes("PodDisruptionBudget")["spec"]
    assert deployment["selector"]["matchLabels"] == budget["selector"]["matchLabels"] == labels
    assert budget["maxUnavailable"] == 1


def test_no_registry_is_named() -> None:
    """Images are named as anybody's registry, or mirror, has them."""
    images = [*re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE), pod()["containers"][0]["image"]]
    images += [each["image"] for each in compose()["services"].values()]
    assert [each for each in images if "/" in each] == []
