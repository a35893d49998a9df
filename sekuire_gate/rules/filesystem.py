"""Rules on the paths that a definition grants its agent, to read or to write."""

from collections.abc import Iterable, Iterator

from sekuire_gate.model.manifest import Claim, Manifest
from sekuire_gate.model.policy import Entry, Policy
from sekuire_gate.model.variables import is_dynamic
from sekuire_gate.rules import paths
from sekuire_gate.rules.grants import Grants, judged_texts
from sekuire_gate.rules.memory import remembered
from sekuire_gate.rules.pattern_index import starting_with
from sekuire_gate.rules.patterns import Patterns, exact
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import described, list_name, listed, quoted

_NAME_FOLDERS = "Name the folders below it that the agent needs, or ask the security team to change the policy."


@remembered
def grants(policy: Policy) -> Grants:
    """Return the policy's lists of paths."""
    return Grants(
        "path",
        policy.filesystem.paths,
        paths.reach,
        listed=paths.listed,
        denied=paths.denied,
        loosely_denied=paths.loosely_denied,
    )


@remembered
def _extensions(policy: Policy) -> Patterns:
    return exact(Entry(text, "") for text in policy.filesystem.extensions)


@remembered
def _denied_places(policy: Policy) -> dict[str, Entry]:
    """Return the denied paths by where they lie, letter case folded; of several at one place the first."""
    return {paths.fixed_part(entry.text).casefold(): entry for entry in reversed(policy.filesystem.paths.blocked)}


@remembered
def _sorted_places(policy: Policy) -> tuple[str, ...]:
    return tuple(sorted(_denied_places(policy)))


def _judged(policy: Policy, manifest: Manifest) -> Iterable[Claim[str]]:
    """Return the paths that are judged one by one: none where files are switched off altogether."""
    return manifest.paths if policy.filesystem.enabled and policy.filesystem.restricts else ()


def disabled(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy switches the file system off, and the definition grants its agent some.

    Paths to read, paths to write, and what tools files ask for under `permissions.filesystem`: under
    `"enabled": false` nothing of it is permitted, whichever path it is.

    For example, under `"filesystem": {"enabled": false}`:

        agent:
          filesystem:
            allow_read: [/data]      # refused

    Remove the grant, or ask the security team to change the policy.
    """
    for path in manifest.paths if not policy.filesystem.enabled else ():
        message = f"path {quoted(path.value)} is granted, and the workspace switches the file system off."
        yield Observation(path, message, "Remove the grant, or ask the security team to change the policy.")


def blocked(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A path is on the workspace's deny-list.

    Deny wins over allow. `/etc/*` is that folder and all below it, `/etc*` everything that begins like it. `.` and
    `..` are resolved first. A path with `*` is blocked if it could stand for one that the policy blocks. Letter case
    makes no difference to a deny-list, since many file systems do not tell it apart; the message says so.

    For example, under `"blocked_paths": ["/etc/*"]`:

        agent:
          filesystem:
            allow_read: [/data/../etc/passwd]      # refused

    Remove the path, or ask the security team to change the policy.
    """
    return grants(policy).blocked(_judged(policy, manifest))


def not_allowed(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A path is not in the workspace's allow-list.

    Paths to read and paths to write count, those of each agent and of each tool inside a tools file. `/data/*` in the
    policy is that folder and all below it, `/data*` everything that begins like it, everything else itself. A path
    with `*` is permitted only if one entry of the policy covers all of it, and a tool that asks for files without
    naming paths asks for `*`.

    For example, under `"allowed_paths": ["/tmp/*"]`:

        agent:
          filesystem:
            allow_write: [/var/tmp/out]      # refused

    Write a path that the policy lists, or ask the security team to list this one.
    """
    return grants(policy).not_allowed(_judged(policy, manifest))


def extension(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A path names a file whose extension is not in the workspace's list.

    Extensions are compared exactly, letter case included; in the policy they stand with or without their dot. `.`,
    `..` and a slash at the end are resolved first. A path without an extension may be a folder and is not asked for
    one.

    For example, under `"allowed_extensions": [".csv", ".json"]`:

        agent:
          filesystem:
            allow_write: [/data/run.sh]      # refused

    Write a file of a permitted kind, or ask the security team to list this one.
    """
    permitted = policy.filesystem.extensions
    for claim, text in judged_texts(_judged(policy, manifest) if permitted else ()):
        ending = paths.extension(text)
        known = _extensions(policy)
        if ending and not known.covering(ending) and not known.covering(ending.removeprefix(".")):
            what = described("path", claim.value, text)
            message = f"{what} has the extension {quoted(ending)}, which is not in the workspace's list."
            fix = f"Use one of: {listed(permitted)} (or ask the security team to change the policy)."
            yield Observation(claim, message, fix)


def undetermined(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy restricts files, and which ones a path names cannot be determined.

    It holds a variable that only the agent's environment resolves (`${DATA}`, `$HOME`), it is relative and leaves its
    folder (`../x`), or systems disagree on it: a backslash, a drive, a scheme, a control character. Under a deny-list
    three more may be, or hold, what is denied: a home folder (`~/x`), letters beyond ASCII, and a folder above a
    denied path. A path that is blocked or not allowed as it is written is no question.

    For example, under `"blocked_paths": ["/root/*"]`:

        agent:
          filesystem:
            allow_read: [../shared]      # below which folder?

    Write the path in full, with `/` between folders; of a folder above a denied path, the folders that are needed.
    """
    yield from grants(policy).undetermined(_judged(policy, manifest))
    for path in _judged(policy, manifest):
        if is_dynamic(path.value):
            continue
        if doubt := _doubt(policy, path.value):
            message = f"path {quoted(path.value)} may be another than it seems: {doubt}."
            yield Observation(path, message, "Write the path in full, in ASCII, with '/' between folders.")
        elif denied := _denied_below(policy, path.value):
            message = (
                f"the workspace denies {quoted(denied.text)} ({list_name(denied)}), which lies below path "
                f"{quoted(path.value)}; whether that grants what is below it, nothing says."
            )
            yield Observation(path, message, _NAME_FOLDERS)


def _doubt(policy: Policy, path: str) -> str | None:
    """Return why nobody can say which files a path names, as a clause; None of one that is refused anyway."""
    known = paths.normal(path)
    if known is None:
        return "'..' leads out of the folder that it begins in"
    if grants(policy).judged(path).refused:
        return None
    doubt = paths.leads_elsewhere(path)
    if doubt or not policy.filesystem.paths.blocked:
        return doubt
    return paths.another_spelling(path)


def _denied_below(policy: Policy, path: str) -> Entry | None:
    """Return a denied path that lies below a folder; None where the folder is refused anyway."""
    folder = paths.normal(path)
    if folder is None or grants(policy).judged(path).refused:
        return None
    inside = f"{folder.rstrip('/')}/".casefold()
    below = next(starting_with(inside, _sorted_places(policy)), None)
    return None if below is None else _denied_places(policy)[below]
