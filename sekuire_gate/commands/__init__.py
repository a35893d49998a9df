"""The subcommands: one module each, a thin shell over the rooms."""

from typing import NamedTuple


class Listed(NamedTuple):
    """A subcommand, as `--help` lists it; its module is imported only when it is called."""

    name: str  # words as typed: "policy pull"
    module: str  # below sekuire_gate.commands
    summary: str


COMMANDS: tuple[Listed, ...] = (
    Listed("check", "check", "check every agent definition against the workspace's policy"),
    Listed("policy pull", "policy_pull", "fetch, verify and save the active policy"),
    Listed("policy validate", "policy_validate", "verify a saved policy"),
    Listed("policy show", "policy_show", "show what a saved policy permits"),
    Listed("policy diff", "policy_diff", "say what a change of policy permits and forbids newly"),
    Listed("lock", "lock", "write sekuire.lock from the policy that is active and verified now"),
    Listed("doctor", "doctor", "look at inputs, connection, pins, lock and cache before they matter"),
    Listed("workspace init", "workspace_init", "create an embedded development workspace"),
    Listed("workspace publish", "workspace_publish", "sign a policy content and make it active"),
    Listed("workspace serve", "workspace_serve", "serve a workspace over the real protocol"),
    Listed("workspace key", "workspace_key", "print a workspace's public key as a line for trusted-keys"),
    Listed("id", "id", "compute the SekuireID of a definition"),
    Listed("explain", "explain", "show for each claim the policy entry that decided it, and how"),
    Listed("schema", "schema", "print a JSON Schema of definitions, policies or reports"),
    Listed("rules", "rules", "list the rules, or show one rule's help page"),
    Listed("demo", "demo", "run the gate on shipped examples against an embedded workspace"),
    Listed("conformance", "conformance", "answer the OAGS conformance harness on stdin and stdout"),
)
