"""The texts of the inputs become Settings, or one problem that says what is accepted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sekuire_gate import settings
from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import Given
from sekuire_gate.model.manifest import Search
from sekuire_gate.model.outcome import Forced, Mode
from sekuire_gate.settings import Asked, ReportFormat, ReportRequest, Settings
from sekuire_gate.trust.address import PolicyAddress, PolicyFile
from sekuire_gate.workflow import WorkflowRun
from tests.support.signing import public_key

PIN = public_key().hex()
NOW = datetime(2026, 7, 1, tzinfo=UTC)
MINIMAL = {"workspace-id": "ws_1", "trusted-keys": PIN}


def load(given: Given, root: Path, *, run: WorkflowRun | None = None, **environ: str) -> Settings:
    run = run or WorkflowRun()
    asked = settings.read_asked({"root": str(root), **given}, run, root)
    return settings.load(given, asked, run, environ, root, now=NOW)


def test_the_defaults_are_those_of_the_contract(tmp_path: Path) -> None:
    loaded = load(MINIMAL, tmp_path)
    assert loaded.policy.where == PolicyAddress(
        "https://api.sekuire.ai/api/v1/workspaces/ws_1/policy/active", workspace_id="ws_1"
    )
    assert loaded.policy.transport.timeout_seconds == 30
    assert loaded.policy.transport.api_key is None
    assert loaded.asked == Asked(tmp_path.resolve())
    assert loaded.search == Search()
    assert (loaded.mode, loaded.force) == (Mode.ENFORCE, None)


def test_everything_that_is_given_arrives(tmp_path: Path) -> None:
    given = {
        **MINIMAL,
        "api-key": "  sk_live_1 \n",
        "api-url": "http://127.0.0.1:9300/api/v1/",
        "allow-loopback-http": "true",
        "timeout": "2.5",
        "min-policy-version": "1.4",
        "definitions": "agents/\n\n  ./one/agent.yml  \n",
        "exclude": "**/vendor",
        "allow-no-definitions": "TRUE",
        "mode": "warn",
        "force": "true",
        "force-reason": " incident 7 ",
        "reports": "json=out/gate.json\nmarkdown=-",
    }
    loaded = load(given, tmp_path, run=WorkflowRun(actor="octocat"), HTTPS_PROXY="http://proxy:1", NO_PROXY="x")
    transport = loaded.policy.transport
    assert isinstance(loaded.policy.where, PolicyAddress)
    assert loaded.policy.where.url == "http://127.0.0.1:9300/api/v1/workspaces/ws_1/policy/active"
    assert transport.api_key is not None
    assert transport.api_key.reveal() == "sk_live_1"
    assert (transport.timeout_seconds, transport.https_proxy, transport.no_proxy) == (2.5, "http://proxy:1", "x")
    assert loaded.policy.anchor.min_version == "1.4"
    assert loaded.search == Search(("agents", "one/agent.yml"), ("**/vendor",), allow_none=True)
    assert (loaded.mode, loaded.force) == (Mode.WARN, Forced("incident 7", "octocat"))
    assert loaded.asked.reports == (
        ReportRequest(ReportFormat.JSON, "out/gate.json"),
        ReportRequest(ReportFormat.MARKDOWN, "-"),
    )
    assert loaded.asked.console_on_stderr


def test_a_policy_file_needs_no_workspace(tmp_path: Path) -> None:
    loaded = load({"policy-file": "policy.json", "trusted-keys": PIN}, tmp_path)
    assert loaded.policy.where == PolicyFile(tmp_path / "policy.json")


REFUSED: dict[str, tuple[Given, str]] = {
    "no workspace": ({"trusted-keys": PIN}, "config.workspace"),
    "a workspace with a slash": ({"workspace-id": "../x"}, "config.workspace"),
    "a workspace of two dots": ({"workspace-id": ".."}, "config.workspace"),
    "a workspace of 129 characters": ({"workspace-id": "w" * 129}, "config.workspace"),
    "an address over http": ({**MINIMAL, "api-url": "http://api.sekuire.ai"}, "config.api_url"),
    "loopback over http without the switch": ({**MINIMAL, "api-url": "http://127.0.0.1:1"}, "config.api_url"),
    "a key with a line break inside": ({**MINIMAL, "api-key": "sk_live\nsecret"}, "config.api_key"),
    "a key with an umlaut": ({**MINIMAL, "api-key": "sk_l\u00efve_secret"}, "config.api_key"),
    "a key of 4,097 characters": ({**MINIMAL, "api-key": "k" * 4097}, "config.api_key"),
    "an upper-case pin": ({**MINIMAL, "trusted-keys": PIN.upper()}, "config.trusted_key"),
    "a small-order pin": ({**MINIMAL, "trusted-keys": "01" + "0" * 62}, "config.weak_key"),
    "pins and embedded trust": ({**MINIMAL, "unsafe-trust-embedded-key": "true"}, "config.contradiction"),
    "pins and unsigned": ({**MINIMAL, "unsafe-allow-unsigned": "true"}, "config.contradiction"),
    "a version of words": ({**MINIMAL, "min-policy-version": "v1"}, "config.min_version"),
    "no time at all": ({**MINIMAL, "timeout": "0"}, "config.usage"),
    "too much time": ({**MINIMAL, "timeout": "301"}, "config.usage"),
    "a time of words": ({**MINIMAL, "timeout": "30s"}, "config.usage"),
    "another mode": ({**MINIMAL, "mode": "report"}, "config.usage"),
    "force without a reason": ({**MINIMAL, "force": "true"}, "config.force_reason"),
    "a reason without force": ({**MINIMAL, "force-reason": "x"}, "config.force_reason"),
    "definitions outside of the root": ({**MINIMAL, "definitions": "../x"}, "config.usage"),
    "definitions by an absolute path elsewhere": ({**MINIMAL, "definitions": "/etc/x"}, "config.usage"),
    "an exclude outside of the root": ({**MINIMAL, "exclude": "a/../../b"}, "config.usage"),
    "a report of an unknown format": ({**MINIMAL, "reports": "sarif=out.sarif"}, "config.usage"),
    "a report without a path": ({**MINIMAL, "reports": "json"}, "config.usage"),
    "a report with an empty path": ({**MINIMAL, "reports": "json="}, "config.report_path"),
    "a report outside of the root": ({**MINIMAL, "reports": "json=../x.json"}, "config.report_path"),
    "a report by an absolute path": ({**MINIMAL, "reports": "json=/tmp/x.json"}, "config.report_path"),
    "a report through a link": ({**MINIMAL, "reports": "json=link/x.json"}, "config.report_path"),
    "a report over a link": ({**MINIMAL, "reports": "json=link"}, "config.report_path"),
    "a report over a folder": ({**MINIMAL, "reports": "json=folder"}, "config.report_path"),
    "one path for two reports, spelt differently": (
        {**MINIMAL, "reports": "json=x\nmarkdown=./x"},
        "config.report_path",
    ),
    "a bad address beside a policy file": (
        {"policy-file": "p.json", "trusted-keys": PIN, "api-url": "https://u@h"},
        "config.api_url",
    ),
    "one path for two reports": ({**MINIMAL, "reports": "json=x\nmarkdown=x"}, "config.report_path"),
    "two reports on stdout": ({**MINIMAL, "reports": "json=-\nmarkdown=-"}, "config.report_path"),
    "a root that is a file": ({**MINIMAL, "root": "file"}, "config.root"),
    "a root that is not there": ({**MINIMAL, "root": "nothing"}, "config.root"),
}


@pytest.mark.parametrize(("given", "kind"), REFUSED.values(), ids=REFUSED.keys())
def test_an_input_that_makes_no_sense_is_named_with_its_kind_and_a_remedy(
    given: Given, kind: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    with pytest.raises(SettingsError) as caught:
        load(given, tmp_path)
    assert caught.value.kind == kind
    assert caught.value.fix
    assert "secret" not in caught.value.message


def test_a_report_on_stdout_is_refused_in_actions(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="stdout") as caught:
        load({**MINIMAL, "reports": "json=-"}, tmp_path, run=WorkflowRun(in_actions=True))
    assert caught.value.kind == "config.report_path"


def test_excluding_the_root_leaves_everything_out(tmp_path: Path) -> None:
    assert load({**MINIMAL, "exclude": "."}, tmp_path).search.exclude == ("**",)


def test_a_path_of_the_command_line_is_taken_as_it_is_line_breaks_and_blanks_included(tmp_path: Path) -> None:
    asked = settings.read_asked({"root": str(tmp_path)}, WorkflowRun(), tmp_path)
    loaded = settings.load(MINIMAL, asked, WorkflowRun(), {}, tmp_path, now=NOW, paths=["a\nb", " c "])
    assert loaded.search.patterns == ("a\nb", " c ")


def test_the_root_is_the_workspace_of_the_run_unless_a_flag_names_another(tmp_path: Path) -> None:
    run = WorkflowRun(workspace=tmp_path)
    assert settings.read_root({}, run, Path("/")) == tmp_path.resolve()
    assert settings.read_root({"root": "/"}, run, tmp_path) == Path("/")
    assert settings.read_root({}, WorkflowRun(), tmp_path) == tmp_path.resolve()


@pytest.mark.parametrize(
    ("line", "inside"),
    [(".", "repo"), ("agents", "repo/agents"), ("../other/x.yml", "other/x.yml"), ("a//b/./c/..", "repo/a/b")],
)
def test_a_path_of_the_command_line_is_relative_to_the_working_directory(
    line: str, inside: str, tmp_path: Path
) -> None:
    assert settings.below_root(line, tmp_path / "repo", tmp_path) == inside
