"""The texts of the inputs become Settings (docs/contract.md 3)."""

import os
import posixpath
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import Given, is_true, lines_of
from sekuire_gate.model.manifest import Search
from sekuire_gate.model.outcome import Forced, Mode
from sekuire_gate.policy_settings import PolicySettings, read_policy_settings
from sekuire_gate.workflow import WorkflowRun


class ReportFormat(Enum):
    """A report file's format."""

    JSON = "json"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """One report that was asked for."""

    format: ReportFormat
    path: str  # relative to the root and below it; "-": stdout


@dataclass(frozen=True, slots=True)
class Asked:
    """What delivering a report needs to know of the settings; readable even where the rest is not."""

    root: Path  # absolute
    reports: tuple[ReportRequest, ...] = ()

    @property
    def console_on_stderr(self) -> bool:
        """Whether a report takes stdout, so that the console report goes to stderr."""
        return any(request.path == "-" for request in self.reports)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a check is told."""

    policy: PolicySettings
    asked: Asked
    search: Search
    mode: Mode
    force: Forced | None


def read_asked(given: Given, run: WorkflowRun, cwd: Path) -> Asked:
    """Read the root and the reports: first of all, so that every other problem can be reported.

    Raises:
        SettingsError: `config.root`: not a folder; `config.report_path`, `config.usage`: not a report to write.
    """
    root = read_root(given, run, cwd)
    requests = tuple(_report_request(line, root) for line in lines_of(given, "reports"))
    paths = [posixpath.normpath(request.path) for request in requests]
    if len(set(paths)) != len(paths):
        raise _report_path("two reports have the same path.", "Give each report a path of its own.")
    if "-" in paths and run.in_actions:
        raise _report_path("a report to stdout ('-') is not possible in GitHub Actions.", "Give it a path.")
    return Asked(root, requests)


def read_root(given: Given, run: WorkflowRun, cwd: Path) -> Path:
    """Return the folder that definitions are looked for in, absolute and without links.

    Raises:
        SettingsError: `config.root`: it is not a folder.
    """
    text = given.get("root") or str(run.workspace or ".")
    root = Path(os.path.realpath(cwd / text)) if "\0" not in text else None
    if root is None or not root.is_dir():
        raise SettingsError(
            f"the root '{text}' is not a folder.", kind="config.root", fix="Set --root to the checkout's folder."
        )
    return root


def reports_to_stdout(given: Given, run: WorkflowRun) -> tuple[ReportRequest, ...]:
    """Return the report that needs no root, for where the root is at fault."""
    names = [name for name, _, path in (line.partition("=") for line in lines_of(given, "reports")) if path == "-"]
    formats = {format_.value: format_ for format_ in ReportFormat}
    if run.in_actions or len(names) != 1 or names[0] not in formats:
        return ()
    return (ReportRequest(formats[names[0]], "-"),)


def load(
    given: Given,
    asked: Asked,
    run: WorkflowRun,
    environ: Mapping[str, str],
    cwd: Path,
    *,
    now: datetime,
    paths: Sequence[str] = (),
) -> Settings:
    """Read all inputs of a check.

    Args:
        given: the texts.
        asked: what was read of them already.
        run: the run as the runner describes it.
        environ: for the proxy's variables alone.
        cwd: what relative paths of the command line start from.
        now: by the machine's clock, in UTC.
        paths: the command line's PATH…, in place of `definitions`.

    Raises:
        SettingsError: an input makes no sense, or two contradict each other.
    """
    return Settings(
        policy=read_policy_settings(given, environ, cwd, now),
        asked=asked,
        search=_search(given, asked.root, cwd, paths),
        mode=_mode(given),
        force=_force(given, run),
    )


def mode_or_default(given: Given) -> Mode:
    """Return the mode where it can be read, for a report on what cannot."""
    try:
        return _mode(given)
    except SettingsError:
        return Mode.ENFORCE


def _mode(given: Given) -> Mode:
    text = given.get("mode", "enforce").strip()
    modes = {mode.value: mode for mode in Mode}
    if text not in modes:
        raise SettingsError(
            f"mode is '{text}', expected enforce, warn or observe.", kind="config.usage", fix="Choose one of them."
        )
    return modes[text]


def _force(given: Given, run: WorkflowRun) -> Forced | None:
    force = is_true(given, "force")
    reason = given.get("force-reason", "").strip()
    if force and not reason:
        raise SettingsError(
            "force is set without a reason.", kind="config.force_reason", fix="Set force-reason: it goes on the record."
        )
    if reason and not force:
        raise SettingsError(
            "force-reason is set, but force is not.",
            kind="config.force_reason",
            fix="Set force to true, or take the reason away.",
        )
    return Forced(reason, run.actor) if force else None


def _search(given: Given, root: Path, cwd: Path, paths: Sequence[str]) -> Search:
    if paths:
        patterns = tuple(below_root(path, cwd, root) for path in paths)
    else:
        patterns = tuple(below_root(line, root, root) for line in lines_of(given, "definitions"))
    exclude = (below_root(line, root, root) for line in lines_of(given, "exclude"))
    # The root itself is no name that a walk meets.
    exclude = ("**" if line == "." else line for line in exclude)
    return Search(patterns, tuple(exclude), is_true(given, "allow-no-definitions"))


def below_root(line: str, base: Path, root: Path) -> str:
    """Return a glob or path as one relative to the root, `.` and `..` resolved; the root itself is ".".

    Args:
        line: as given; relative to `base`, or absolute.
        base: the folder it is relative to.
        root: absolute, without links.

    Raises:
        SettingsError: it leaves the root.
    """
    path = posixpath.normpath(posixpath.join(base.as_posix(), line))
    inside = posixpath.relpath(path, root.as_posix())
    if "\0" in line or inside == ".." or inside.startswith("../"):
        raise SettingsError(
            f"'{line}' is not below the root '{root}'.",
            kind="config.usage",
            fix="Name files and folders below the root, or set --root.",
        )
    return inside


def _report_request(line: str, root: Path) -> ReportRequest:
    name, separator, path = line.partition("=")
    formats = {format_.value: format_ for format_ in ReportFormat}
    if not separator or name not in formats:
        raise SettingsError(
            f"report '{line}' is not FORMAT=PATH with a format of {', '.join(formats)}.",
            kind="config.usage",
            fix="Write it as json=gate-report.json.",
        )
    if path == "-":
        return ReportRequest(formats[name], path)
    parts = path.split("/")
    if path.startswith("/") or "\0" in path or any(part in {"", ".."} for part in parts):
        raise _report_path(f"the report path '{path}' is not a path below the root.", "Give a relative path.")
    inside = posixpath.normpath(path)
    _refuse_links(inside, root)
    return ReportRequest(formats[name], path)


def _refuse_links(path: str, root: Path) -> None:
    here = root
    parts = path.split("/")
    for index, part in enumerate(parts):
        here /= part
        try:
            mode = here.lstat().st_mode
        except OSError:
            return  # not there yet: nothing to be led astray by
        is_last = index == len(parts) - 1
        if stat.S_ISLNK(mode) or not (stat.S_ISREG(mode) if is_last else stat.S_ISDIR(mode)):
            raise _report_path(
                f"the report path '{path}' leads over '{part}', which is a link or of another kind.",
                "Choose a path that holds only folders.",
            )


def _report_path(message: str, fix: str) -> SettingsError:
    return SettingsError(message, kind="config.report_path", fix=fix)
