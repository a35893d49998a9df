"""Flags, INPUT_* and SEKUIRE_*: which of them counts."""

import argparse

import pytest

from sekuire_gate import inputs
from sekuire_gate.commands import check
from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import API_KEY, Given


def parsed(*arguments: str, environ: dict[str, str] | None = None) -> tuple[Given, list[str]]:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    check.arguments(parser)
    options = parser.parse_intermixed_args(inputs.with_boolean_values(arguments))
    return inputs.from_flags(options, (API_KEY, *check.FLAGS), environ or {}), options.paths


def test_a_flag_counts_before_its_variable_and_replaces_it() -> None:
    environ = {"SEKUIRE_WORKSPACE_ID": "ws_env", "SEKUIRE_API_URL": "https://env.example", "SEKUIRE_API_KEY": "k"}
    given, _ = parsed("--workspace", "ws_flag", environ=environ)
    assert given == {"workspace-id": "ws_flag", "api-url": "https://env.example", "api-key": "k"}


def test_empty_means_not_given() -> None:
    assert parsed("--workspace", "", environ={"SEKUIRE_API_KEY": ""}) == ({}, [])
    assert inputs.from_action({"INPUT_MODE": "", "INPUT_API-KEY": " \n"}) == {}
    assert parsed("--mode", " ", "--force= ", "--policy", "  ") == ({}, [])


def test_the_switch_of_the_sdks_that_turns_enforcement_off_has_no_effect() -> None:
    assert parsed(environ={"SEKUIRE_POLICY_DEV_OVERRIDE": "true"}) == ({}, [])


def test_the_action_reads_its_inputs_alone_with_dashes_kept() -> None:
    environ = {
        "INPUT_API-KEY": "secret",
        "INPUT_TRUSTED-KEYS": "a\nb",
        "INPUT_ROOT": "/elsewhere",
        "SEKUIRE_WORKSPACE_ID": "ws_planted",
        "INPUT_SHARD": "planted",
    }
    assert inputs.from_action(environ) == {"api-key": "secret", "trusted-keys": "a\nb"}


def test_a_repeated_flag_is_one_line_each() -> None:
    given, _ = parsed("--trusted-key", "a", "--trusted-key", "b=c", "--exclude", "x")
    assert given == {"trusted-keys": "a\nb=c", "exclude": "x"}


@pytest.mark.parametrize(
    ("arguments", "force", "paths"),
    [
        (["--force", "agents"], "true", ["agents"]),
        (["agents", "--force"], "true", ["agents"]),
        (["--force", "false", "agents"], "false", ["agents"]),
        (["--force=false", "agents"], "false", ["agents"]),
        (["--force=TRUE"], "TRUE", []),
        (["--force", "--", "true"], "true", ["true"]),
    ],
    ids=["before a path", "after a path", "with a word", "with a sign", "spelt loud", "before the end of flags"],
)
def test_a_boolean_flag_never_swallows_the_path_after_it(arguments: list[str], force: str, paths: list[str]) -> None:
    given, found = parsed(*arguments)
    assert (given["force"], found) == (force, paths)


def test_paths_and_flags_may_be_mixed() -> None:
    assert parsed("a", "--mode", "warn", "b")[1] == ["a", "b"]


@pytest.mark.parametrize("text", ["yes", "1", "on", "tRUE", "y", "true false"])
def test_a_boolean_is_one_of_the_yaml_1_2_spellings(text: str) -> None:
    with pytest.raises(SettingsError, match="expected true or false") as caught:
        inputs.is_true({"force": text}, "force")
    assert caught.value.kind == "config.usage"
