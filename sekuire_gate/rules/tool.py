"""Rules on the tools that an agent may call, by name, by category, and in tools files."""

from collections import defaultdict
from collections.abc import Iterator

from sekuire_gate.model.manifest import Claim, Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Subject
from sekuire_gate.model.variables import is_dynamic
from sekuire_gate.rules.lists import Lists, Named
from sekuire_gate.rules.memory import remembered
from sekuire_gate.rules.names import fold
from sekuire_gate.rules.patterns import pattern_of
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import quoted

# What `sekuire init` writes: built-in tools whose names are not published (docs/protocol.md 3.1).
CATEGORIES = ("files:*", "directories:*", "network:*", "data:*", "system:*")
_CATEGORY_PATTERNS = {category: pattern_of(category) for category in CATEGORIES}


@remembered
def lists(policy: Policy) -> Lists:
    """Return the policy's lists of tools."""
    return Lists("tool", Subject.TOOLS, policy.tools, wildcards=True)


def tools(manifest: Manifest) -> Iterator[Named]:
    """Yield the tools, those of tools files included."""
    return (Named(tool) for tool in manifest.tools)


def not_allowed(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A tool is not in the workspace's allow-list.

    Every place that names a tool counts: lists of names, `allowed_tools`, and each tool inside a tools file, at its
    place in that file. A tool that is disabled there counts too: nothing at run time reads that switch. A name with
    `*` is permitted only if one entry of the policy covers all of it.

    For example, under `"allowed_tools": ["search_*"]`:

        agent:
          allowed_tools: [search_web, shell_exec]      # shell_exec is refused

    Remove the tool, use one that the policy lists, or ask the security team to list this one.
    """
    return lists(policy).not_allowed(tools(manifest))


def blocked(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A tool is on the workspace's deny-list.

    Deny wins over allow. A deny-list is also matched loosely: letter case, `-`, `_`, `.` and spaces, and a prefix
    before `/` make no difference; the message says so. A name with `*` is blocked if it could stand for a tool that
    the policy blocks.

    For example, under `"denied_tools": ["shell_*"]`:

        agent:
          tools: [shell-exec]      # refused

    Remove the tool, or ask the security team to change the policy.
    """
    return lists(policy).blocked(tools(manifest))


def undetermined(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy restricts tools, and which tools the agent has cannot be determined.

    A name or a tools file's path holds a variable that only the agent's environment resolves, or a category
    (`files:*`, or any name with `*` that may stand for such tools: `f*`, `FILES:*`) stands for built-in tools whose
    names are not published, so that nobody can say whether one of them is on the deny-list.

    For example, under `"denied_tools": ["delete_file"]`:

        agent:
          allowed_tools: [files:*]      # does it delete files?

    List the tools by name.
    """
    judge = lists(policy)
    yield from judge.undetermined(tools(manifest))
    for tool in manifest.tools if policy.tools.blocked else ():
        if _reaches_category(tool.value) and not judge.refuses(Named(tool)):
            what = (
                f"tool category {quoted(tool.value)} stands"
                if tool.value in CATEGORIES
                else f"tool {quoted(tool.value)} may stand"
            )
            message = f"{what} for tools whose names are not published, and the workspace blocks some tools by name."
            yield Observation(tool, message, "List the tools by name in place of the category.")
    if policy.tools.restricts or policy.network.restricts or policy.filesystem.restricts:
        for path in manifest.dynamic_tools_files:
            message = (
                f"tools file {quoted(path.value)} is known at run time only, "
                "and the policy restricts what tools may do."
            )
            yield Observation(path, message, "Write the tools file's path in place of the variable.")


def _reaches_category(name: str) -> bool:
    """Whether a name's `*` may stand for a category's tools: `files:*` is not the only spelling of it."""
    if "*" not in name or is_dynamic(name):
        return False
    asked = pattern_of(fold(name))
    # A star at the beginning reaches everything; `*_search` is meant for names, `*` and `*:*` for categories too.
    return any(
        asked.matches(category) or (asked.head and asked.overlaps(pattern))
        for category, pattern in _CATEGORY_PATTERNS.items()
    )


def approval_missing(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy wants approval before tools are called, and some tools do not ask for it.

    A tool asks for approval where its agent's (or the definition's) `compliance.require_approval` names it, or
    where its tools file marks it `compliance.require_approval: true`. One finding per agent, at its first such
    tool, names them all. Tools that are blocked or not allowed anyway are left out. It does not block.

    For example, under `"require_tool_approval": true`:

        agent:
          tools: [send_email]
          compliance:
            require_approval: [send_email]      # without this line: a warning

    Name the tools under `compliance.require_approval`.
    """
    if not policy.tool_approval:
        return
    judge = lists(policy)
    approved = {key for approval in manifest.approvals for key in _approval_keys(approval, manifest)}
    missing: defaultdict[str | None, list[Claim[str]]] = defaultdict(list)
    for tool in manifest.tools:
        by_name = "*" not in tool.value and not is_dynamic(tool.value)
        if by_name and approved.isdisjoint(_tool_keys(tool)) and not judge.refuses(Named(tool)):
            missing[tool.agent].append(tool)
    for found in missing.values():
        names = tuple(dict.fromkeys(tool.value for tool in found))
        every = ", ".join(map(quoted, names))
        message = f"the workspace wants approval before tools are called, and nothing asks for it for {every}."
        fix = "Name them under 'compliance.require_approval'."
        yield Observation(found[0], message, fix)


# An approval in a definition is one agent's, or everyone's (None); one in a tool's own map is for that agent's tool
# alone. A tools file's is for the tools in it, and for those of that name of the agent that names the file.
_Key = tuple[str, str | None, str]


def _approval_keys(approval: Claim[str], manifest: Manifest) -> tuple[_Key, ...]:
    if approval.at.path == manifest.path:
        if approval.at.pointer.endswith("/require_approval"):  # true, not an item of a list of names
            return (("agent", approval.agent, approval.value),)
        scope = "everyone" if approval.agent is None else "agent"
        return ((scope, approval.agent, approval.value),)
    return ("file", approval.at.path, approval.value), ("agent", approval.agent, approval.value)


def _tool_keys(tool: Claim[str]) -> tuple[_Key, ...]:
    return ("agent", tool.agent, tool.value), ("everyone", None, tool.value), ("file", tool.at.path, tool.value)
