"""Whole workflows in a local runner: checkout, the gate, and what comes after it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.container import ROOT, Report, Service, annotations, leave_out, run_workflow, step, tools

EXAMPLES = ROOT / "examples" / "workflows"
ACTION_FILES = (".dockerignore", "Dockerfile", "LICENSE", "action.yml", "entrypoint.py", "requirements.lock")
LINTER_MISSING = 125
VERDICT_STEP = """
      - if: always()
        id: after
        env:
          VERDICT: ${{ steps.gate.outputs.verdict }}
          ERRORS: ${{ steps.gate.outputs.errors }}
        run: echo "the gate said $VERDICT with $ERRORS errors"
"""

pytestmark = pytest.mark.container


@pytest.fixture
def repository(image: str, tmp_path: Path) -> Path:
    """A repository that holds the action and the examples; the layers of the image are there already."""
    assert image
    tools()
    folder = tmp_path / "repository"
    (folder / ".github" / "workflows").mkdir(parents=True)
    for name in ACTION_FILES:
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "sekuire_gate", folder / "sekuire_gate", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "examples" / "agents", folder / "agents")
    return folder


def here(workflow: str, service: Service, *agents: str) -> str:
    """Point an example at this checkout's action and the listening workspace, and at some of the agents."""
    assert "OWNER/sekuire-gate@v1" in workflow
    definitions = "".join(f"            agents/{agent}\n" for agent in agents)
    pins = "          trusted-keys: ${{ vars.SEKUIRE_TRUSTED_KEYS }}\n"
    assert pins in workflow
    more = f"          api-url: {service.url}\n          allow-loopback-http: true\n          definitions: |\n"
    return workflow.replace("OWNER/sekuire-gate@v1", "./").replace(pins, pins + more + definitions)


def given(service: Service) -> list[str]:
    """The secret and the variables that the examples name."""
    return [
        "-s", f"SEKUIRE_API_KEY={service.api_key}",
        "--var", f"SEKUIRE_WORKSPACE_ID={service.workspace_id}",
        "--var", f"SEKUIRE_TRUSTED_KEYS={service.pin}",
    ]  # fmt: skip


def test_a_pull_request_is_green_or_red_and_a_later_step_can_use_the_outputs(
    repository: Path, service: Service
) -> None:
    example = (
        (EXAMPLES / "pull-request.yml").read_text("utf-8").replace("- uses: OWNER", "- id: gate\n        uses: OWNER")
    )
    for name, agent in (("green", "support"), ("red", "tools-file")):
        workflow = here(example, service, agent).replace("Agent policy", name) + VERDICT_STEP
        (repository / ".github/workflows" / f"{name}.yml").write_text(workflow.replace("  gate:", f"  {name}:"))
    event = repository.parent / "event.json"
    event.write_text(
        json.dumps({"number": 7, "pull_request": {"number": 7, "head": {"ref": "a"}, "base": {"ref": "main"}}})
    )

    jobs = run_workflow(repository, "pull_request", "-e", str(event), *given(service))

    assert {name: job["result"] for name, job in jobs.items()} == {"green": "success", "red": "failure"}
    assert annotations(step(jobs["green"], "gate")) == []
    assert "the gate said pass with 0 errors" in "\n".join(step(jobs["green"], "after")["log"])
    red = step(jobs["red"], "gate")
    assert annotations(red) == ["error agents/tools-file/tools.json:8:13 tool.blocked: shell_exec"]
    assert "| `agents/tools-file/sekuire.yml` | Provider | Model | Tools | Capabilities |" in red["summary"]
    assert "the gate said violation with 1 errors" in "\n".join(step(jobs["red"], "after")["log"])


@pytest.mark.parametrize("agents", [("researcher", "newsroom")], ids=["permitted agents"])
def test_a_merge_group_is_checked_like_a_pull_request(
    repository: Path, service: Service, agents: tuple[str, ...]
) -> None:
    workflow = here((EXAMPLES / "merge-queue.yml").read_text("utf-8"), service, *agents)
    (repository / ".github/workflows/gate.yml").write_text(workflow)
    jobs = run_workflow(repository, "merge_group", *given(service))
    assert [job["result"] for job in jobs.values()] == ["success"]


@pytest.mark.parametrize(
    ("agent", "inputs", "reason"),
    [
        ("researcher", {}, "pass"),
        ("second-model", {}, "violation"),
        ("second-model", {"force": "true"}, "config.force_reason"),
        ("second-model", {"force": "true", "force-reason": "incident $(exit 1) 42"}, "forced"),
    ],
    ids=["permitted", "violated", "forced without a reason", "forced with a reason"],
)
def test_a_release_reaches_its_push_only_past_the_gate(
    repository: Path, service: Service, agent: str, inputs: dict[str, str], reason: str
) -> None:
    job = release(repository, service, agent, inputs)
    gate = step(job, "gate")
    assert gate["outputs"]["exit-reason"] == reason, gate["log"]
    pushed = any("PUSHED" in line for item in job["steps"] for line in item["log"])
    assert (job["result"], pushed) == (("success", True) if reason in {"pass", "forced"} else ("failure", False))
    if reason == "forced":
        assert "maintainer" in gate["summary"]
        assert "incident" in gate["summary"]


def release(repository: Path, service: Service, agent: str, inputs: dict[str, str]) -> Report:
    """Run the release workflow by hand, with a line in the log where its push was."""
    workflow = here((EXAMPLES / "release.yml").read_text("utf-8"), service, agent)
    push = yaml.safe_load(workflow)["jobs"]["release"]["steps"][-1]["run"]
    assert "docker push" in push
    head, _ = workflow.split("        run: |\n", 1)
    (repository / ".github/workflows/release.yml").write_text(f'{head}        run: echo "PUSHED $TAG under $POLICY"\n')
    event = repository.parent / "event.json"
    event.write_text(json.dumps({"inputs": inputs}))
    jobs = run_workflow(repository, "workflow_dispatch", "-e", str(event), "--actor", "maintainer", *given(service))
    (job,) = jobs.values()
    return dict(job)


def test_the_examples_satisfy_the_linters_of_workflows(tmp_path: Path) -> None:
    """But for one finding: a check on pull requests has no use for an environment that somebody approves."""
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (tmp_path / ".github" / "zizmor.yml").write_text("rules: {secrets-outside-env: {disable: true}}\n")
    for example in sorted(EXAMPLES.glob("*.yml")):
        pinned = example.read_text("utf-8").replace("sekuire-gate@v1", f"sekuire-gate@{'0f' * 20} # v1.0.0")
        (workflows / example.name).write_text(pinned)
    done = subprocess.run(
        ["bash", str(tools() / "lint-actions"), str(tmp_path)], capture_output=True, text=True, check=False
    )
    if done.returncode == LINTER_MISSING:
        leave_out(f"a linter of workflows is missing: {done.stderr.strip()}")
    assert (done.returncode, done.stdout) == (0, "")
