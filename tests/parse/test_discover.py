"""Which files are definitions: globs, paths, excludes."""

import os
from pathlib import Path

import pytest

from sekuire_gate.model.manifest import Search
from sekuire_gate.parse import discover as module
from sekuire_gate.parse import links
from sekuire_gate.parse.discover import Found, discover
from sekuire_gate.parse.folder import Folder

FILES = (
    "sekuire.yml",
    "SEKUIRE.YML",
    "readme.md",
    ".github/agents/sekuire.yaml",
    ".git/sekuire.yml",
    "agents/mail/sekuire.json",
    "agents/mail/tools.json",
    "agents/mail/agent.yml",
    "agents/old/sekuire.yml",
    "agents/old/deep/sekuire.yml",
    "vendor/.git/sekuire.yml",
    "vendor/x/sekuire.yaml",
)
ALL = (
    ".github/agents/sekuire.yaml",
    "agents/mail/sekuire.json",
    "agents/old/deep/sekuire.yml",
    "agents/old/sekuire.yml",
    "sekuire.yml",
    "vendor/x/sekuire.yaml",
)
EVERYTHING = Found(ALL, (), 0, unusual=("SEKUIRE.YML",))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("a: b\n")
    return tmp_path


def found(root: Path, *patterns: str, exclude: tuple[str, ...] = (), allow_none: bool = False) -> Found:
    return discover(Folder(root), Search(patterns, exclude, allow_none))


def problems(result: Found) -> list[str]:
    return [f"{problem.kind} {problem.at.path if problem.at else '-'}" for problem in result.problems]


def test_without_a_line_the_three_names_are_found_anywhere_but_in_git(root: Path) -> None:
    assert found(root) == EVERYTHING


LINES = {
    "the root": ((".",), ALL),
    "the root, by nothing": (("",), ALL),
    "a folder": (("agents",), ("agents/mail/sekuire.json", "agents/old/deep/sekuire.yml", "agents/old/sekuire.yml")),
    "a folder in other words": (("./agents//old/",), ("agents/old/deep/sekuire.yml", "agents/old/sekuire.yml")),
    "a file of any name": (("agents/mail/agent.yml",), ("agents/mail/agent.yml",)),
    "a glob": (("agents/*/sekuire.yml",), ("agents/old/sekuire.yml",)),
    "a glob of any depth": (("agents/**/*.yml",), tuple(sorted(f"agents/{name}" for name in (
        "mail/agent.yml", "old/deep/sekuire.yml", "old/sekuire.yml")))),
    "a glob over hidden folders": (("**/sekuire.yaml",), (".github/agents/sekuire.yaml", "vendor/x/sekuire.yaml")),
    "one character": (("sekuire.ym?",), ("sekuire.yml",)),
    "two lines, each file once": (("agents/old", "**/deep/*", "agents/old/sekuire.yml"), (
        "agents/old/deep/sekuire.yml", "agents/old/sekuire.yml")),
    "two folders": (("vendor", "agents/mail"), ("agents/mail/sekuire.json", "vendor/x/sekuire.yaml")),
}  # fmt: skip


@pytest.mark.parametrize(("patterns", "paths"), LINES.values(), ids=LINES)
def test_a_line_finds_what_it_says(root: Path, patterns: tuple[str, ...], paths: tuple[str, ...]) -> None:
    result = found(root, *patterns)
    assert (result.paths, result.problems, result.excluded) == (paths, (), 0)


UNUSUAL = ("SEKUIRE.YML", "docs/Sekuire.yaml", "docs/deep/sekuire.JSON", "docs/\u017fekuire.yml", "docs/other.YML")


@pytest.mark.parametrize(
    ("patterns", "exclude", "unusual"),
    [
        ((), (), UNUSUAL[:4]),
        (("docs",), (), UNUSUAL[1:4]),
        (("docs/*/*.json",), (), ("docs/deep/sekuire.JSON",)),
        (("docs/*.md",), (), ()),
        (("SEKUIRE.YML", "."), (), UNUSUAL[1:4]),
        (("**/Sekuire.yaml",), (), ()),
        ((), ("docs/deep", "**/*.YML"), ("docs/Sekuire.yaml", "docs/\u017fekuire.yml")),
    ],
    ids=["by default", "a folder", "a glob", "another glob", "read by its path", "read by a glob", "left out"],
)
def test_a_name_in_other_letter_case_is_unusual_where_the_usual_one_would_be_taken(
    tmp_path: Path, patterns: tuple[str, ...], exclude: tuple[str, ...], unusual: tuple[str, ...]
) -> None:
    for file in (*UNUSUAL, ".git/SEKUIRE.YML", "SEKUIRE.YAML/sekuire.yml", "docs/sekuire.yml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("a: b\n")
    assert found(tmp_path, *patterns, exclude=exclude).unusual == unusual


def test_more_unusual_names_than_definitions_may_be_are_a_problem(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Sekuire.yml", "sEkuire.yml"):
        (root / name).write_text("")
    monkeypatch.setattr(module, "MAX_DEFINITIONS", 2)
    assert problems(found(root, "sekuire.ym?")) == ["definition.too_many -"]


def test_a_definition_that_is_a_link_is_known_as_one_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "sekuire.yml").symlink_to("sekuire.yaml")
    (tmp_path / "sekuire.yaml").write_text("a: b\n")
    result = found(tmp_path)
    assert (result.paths, result.linked) == (("sekuire.yaml",), ("sekuire.yml",))


EXCLUDES = {
    "a folder": (("agents",), ("agents/",), 1),
    "a folder by a glob": (("**/old",), ("agents/old/",), 1),
    "folders inside an excluded one are not seen": (("agents", "**/deep"), ("agents/",), 1),
    "what lies in a folder": (("agents/old/**",), ("agents/old/",), 2),
    "files": (("**/*.yaml",), (".github/", "vendor/"), 2),
    "files that are no definitions count nothing": (("**/*.md", "agents/mail/tools.json"), (), 0),
    "a file": (("./sekuire.yml",), ("sekuire.yml",), 1),
    "everything below": (("*/*/**",), (".github/", "agents/", "vendor/"), 5),
    "nothing": (("nowhere", "agent"), (), 0),
}


@pytest.mark.parametrize(("exclude", "left_out", "count"), EXCLUDES.values(), ids=EXCLUDES)
def test_an_exclude_leaves_out_and_counts(
    root: Path, exclude: tuple[str, ...], left_out: tuple[str, ...], count: int
) -> None:
    result = found(root, exclude=exclude)
    assert result.paths == tuple(path for path in ALL if not path.startswith(left_out or ("-",)))
    assert result.excluded == count


def test_an_exclude_applies_to_a_named_file_which_then_has_no_match(root: Path) -> None:
    result = found(root, "agents/old/sekuire.yml", "sekuire.yml", exclude=("agents/old",))
    assert result.paths == ("sekuire.yml",)
    assert problems(result) == ["definition.no_match -"]
    assert "'agents/old/sekuire.yml'" in result.problems[0].message
    assert result.excluded == 1


@pytest.mark.parametrize("allow_none", [False, True])
@pytest.mark.parametrize("line", ["nowhere.yml", "nowhere/*", "agents/*.yml", "agents/mail/deep", "SEKUIRE.yml/x"])
def test_a_line_without_a_match_is_a_problem_whatever_is_allowed(root: Path, line: str, *, allow_none: bool) -> None:
    result = found(root, "sekuire.yml", line, allow_none=allow_none)
    assert result.paths == ("sekuire.yml",)
    assert problems(result) == ["definition.no_match -"]
    assert f"'{line}'" in result.problems[0].message


def test_a_folder_without_a_definition_is_no_match(root: Path) -> None:
    (root / "empty").mkdir()
    assert problems(found(root, "empty")) == ["definition.no_match -"]


def test_no_definition_at_all_is_a_problem_unless_it_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("x")
    assert problems(found(tmp_path)) == ["definition.none -"]
    assert found(tmp_path, allow_none=True) == Found((), (), 0)


def test_excluding_every_definition_is_having_none(root: Path) -> None:
    assert problems(found(root, exclude=("**",))) == ["definition.none -"]


def test_a_definition_that_is_a_link_is_a_problem_not_a_silence(root: Path) -> None:
    (root / "agents" / "new").mkdir()
    (root / "agents" / "new" / "sekuire.yml").symlink_to("../old/sekuire.yml")
    result = found(root)
    assert result.paths == ALL
    assert problems(result) == ["definition.symlink agents/new/sekuire.yml"]
    assert problems(found(root, "agents/new/sekuire.yml")) == ["definition.symlink agents/new/sekuire.yml"]
    assert problems(found(root, "agents/n*/*")) == ["definition.symlink agents/new/sekuire.yml"]
    assert problems(found(root, exclude=("agents/new",))) == []


def test_a_link_alone_is_not_having_none(tmp_path: Path) -> None:
    (tmp_path / "sekuire.yml").symlink_to("nowhere")
    assert problems(found(tmp_path)) == ["definition.symlink sekuire.yml"]


def test_a_folder_that_is_a_link_is_not_followed(root: Path) -> None:
    (root / "loop").symlink_to(".")
    (root / "again").symlink_to("agents")
    assert found(root) == EVERYTHING
    assert problems(found(root, "again")) == ["definition.symlink again"]
    assert problems(found(root, "again/old/sekuire.yml")) == ["definition.symlink again/old/sekuire.yml"]
    assert problems(found(root, "again/*/sekuire.yml")) == ["definition.no_match -"]


LINKED = {
    "another folder is searched": ((".",), (), None, ()),
    "a PATH": (("agents",), (), "agents/prod/sekuire.yml", ("agents/mail/sekuire.yml",)),
    "an exclude": ((), ("docs",), "agents/prod/sekuire.yml", ("agents/mail/sekuire.yml",)),
    "an exclude of the folder itself": ((), ("docs/evil",), "agents/prod/sekuire.yml", ("agents/mail/sekuire.yml",)),
    "an exclude of what lies in it": ((), ("docs/evil/*",), "agents/prod/sekuire.yml", ("agents/mail/sekuire.yml",)),
    "a glob": (("agents/*/sekuire.yml",), (), "agents/prod/sekuire.yml", ("agents/mail/sekuire.yml",)),
    "a glob of any depth": (("agents/**/*.*",), (), "agents/prod/sekuire.yml", ("agents/mail/sekuire.yml",)),
    "a glob that takes another name": (
        ("**/sekuire.yml", "agents/*/deep/agent.*"), (), "agents/prod/deep/agent.json",
        ("agents/mail/sekuire.yml", "docs/evil/sekuire.yml"),
    ),
    "a glob that takes nothing there": (("*/mail/*", "agents/mail/**"), (), None, ("agents/mail/sekuire.yml",)),
    "a PATH beside it": (("agents/mail",), (), None, ("agents/mail/sekuire.yml",)),
    "the link is excluded": ((), ("docs", "agents/prod"), None, ("agents/mail/sekuire.yml",)),
    "what lies behind is excluded": ((), ("docs", "agents/prod/**"), None, ("agents/mail/sekuire.yml",)),
    "an exclude by name, there as here": ((), ("**/evil", "**/prod"), None, ("agents/mail/sekuire.yml",)),
}  # fmt: skip


@pytest.mark.parametrize(("patterns", "exclude", "hidden", "paths"), LINKED.values(), ids=LINKED)
def test_a_link_to_a_folder_hides_no_definition(
    tmp_path: Path, patterns: tuple[str, ...], exclude: tuple[str, ...], hidden: str | None, paths: tuple[str, ...]
) -> None:
    for file in ("agents/mail/sekuire.yml", "docs/evil/sekuire.yml", "docs/evil/deep/agent.json", "docs/readme.md"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("a: b\n")
    (tmp_path / "agents" / "prod").symlink_to("../docs/evil")
    result = found(tmp_path, *patterns, exclude=exclude)
    assert result.paths == (paths or ("agents/mail/sekuire.yml", "docs/evil/sekuire.yml"))
    assert problems(result) == (["definition.symlink agents/prod"] if hidden else [])
    assert all(f"'{hidden}' behind it" in problem.message for problem in result.problems)


def test_a_line_that_finds_nothing_but_a_link_to_a_folder_has_one_problem(root: Path) -> None:
    (root / "again").mkdir()
    (root / "again" / "link").symlink_to("../agents/old")
    assert problems(found(root, "again")) == ["definition.symlink again/link"]
    assert problems(found(root, exclude=("agents", "vendor", ".github", "sekuire.yml"))) == [
        "definition.symlink again/link"
    ]


def test_a_folder_that_is_left_out_here_is_not_left_out_behind_a_link_to_its_parent(root: Path) -> None:
    (root / "again").symlink_to("agents")
    assert found(root, exclude=("**/old",)).problems == ()
    (problem,) = found(root, exclude=("agents/old",)).problems
    assert "'again/old/sekuire.yml'" in problem.message or "'again/old/deep/sekuire.yml'" in problem.message


def test_a_link_to_a_folder_behind_a_link_is_not_known_unless_it_was_searched(root: Path) -> None:
    (root / "again").symlink_to("agents/old/deep")
    (root / "agents" / "old" / "deep" / "on").symlink_to("../../../vendor")
    (root / "agents" / "old" / "deep" / "sekuire.yml").unlink()
    assert found(root, exclude=("agents/old",)).problems == ()
    assert found(root, "**/*.yml", exclude=("agents/old",)).problems == ()
    for exclude, said in {
        ("agents/old", "vendor"): "'again/on/x/sekuire.yaml' behind it is not judged",
        ("agents/old", "vendor", "again/*/*/deep"): "'again/on' behind it is not known",
    }.items():
        (problem,) = found(root, exclude=exclude).problems
        assert (problem.kind, problem.at and problem.at.path) == ("definition.symlink", "again")
        assert said in problem.message
    assert problems(found(root, "**/*.yml", "again/*/x/y.yml", exclude=("agents/old",))) == ["definition.no_match -"]


def test_links_in_a_workspace_hide_nothing_where_no_name_behind_them_is_a_definitions(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "packages" / name / "test" / "fixtures").mkdir(parents=True)
        (tmp_path / "packages" / name / "test" / "fixtures" / "x.txt").touch()
    (tmp_path / "packages" / "a" / "node_modules").mkdir()
    (tmp_path / "packages" / "a" / "node_modules" / "b").symlink_to("../../b")
    (tmp_path / "packages" / "a" / "usr").symlink_to("/usr")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a").symlink_to("../packages/a")
    (tmp_path / "sekuire.yml").write_text("a: b\n")
    for exclude in ((), ("**/test/fixtures",), ("packages",)):
        assert found(tmp_path, exclude=exclude).problems == ()
    (tmp_path / "packages" / "b" / "sekuire.yml").write_text("a: b\n")
    assert found(tmp_path, exclude=("**/test/fixtures",)).problems == ()
    assert problems(found(tmp_path, exclude=("packages",))) == ["definition.symlink node_modules/a"]


def test_a_link_out_of_the_root_is_looked_behind_at_the_top_alone(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for file in ("root/sekuire.yml", "out/sekuire.yml", "deeper/deep/sekuire.yml", "root-beside/sekuire.json"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("a: b\n")
    (root / "a").symlink_to("../out")
    (root / "b").symlink_to(tmp_path / "deeper")
    (root / "c").symlink_to("../root-beside")
    (root / "d").symlink_to("d")
    (root / "e").symlink_to("nowhere")
    (root / "f").symlink_to("sekuire.yml")
    assert problems(found(root)) == ["definition.symlink a", "definition.symlink c"]
    assert problems(found(root, exclude=("a", "c"))) == []
    assert problems(found(root, "*/sekuire.yml")) == ["definition.symlink a"]


REPOSITORY = ("app/sekuire.yml", "other/deep/deeper/sekuire.yml", "other/on/x.txt", "clean/deep/x.txt", "app/in/x.txt")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A root that is one folder of a repository, beside others."""
    (tmp_path / ".git").mkdir()
    for file in REPOSITORY:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("a: b\n")
    return tmp_path / "app"


@pytest.mark.parametrize(
    ("link", "target", "said"),
    [
        ("agents", "../other", "'agents/deep/deeper/sekuire.yml' behind it is not judged"),
        ("in/agents", "../../other/deep", "'in/agents/deeper/sekuire.yml' behind it is not judged"),
        ("up", "..", "behind it is not judged"),
        ("lib", "../clean", None),
        ("lib", "../other/on", None),
        ("self", ".", None),
    ],
)
def test_a_link_out_of_the_root_is_looked_behind_to_the_end_where_it_stays_in_the_repository(
    app: Path, link: str, target: str, said: str | None
) -> None:
    (app / link).symlink_to(target)
    result = found(app)
    assert result.paths == ("sekuire.yml",)
    assert problems(result) == ([f"definition.symlink {link}"] if said else [])
    assert all(said in problem.message for problem in result.problems if said)
    assert found(app, exclude=(link,)).problems == ()


def test_a_link_is_looked_behind_through_links_beside_the_root(app: Path) -> None:
    (app / "lib").symlink_to("../clean")
    (app.parent / "clean" / "deep" / "back").symlink_to("../../app")
    (app.parent / "clean" / "deep" / "loop").symlink_to("..")
    assert found(app).problems == ()
    (app.parent / "clean" / "deep" / "on").symlink_to("../../other/deep")
    (problem,) = found(app).problems
    assert "'lib/deep/on/deeper/sekuire.yml' behind it is not judged" in problem.message


def test_a_root_named_by_a_link_lies_in_the_repository_that_it_leads_to(app: Path, tmp_path: Path) -> None:
    (app / "agents").symlink_to("../other")
    (tmp_path / "named").symlink_to("app")
    assert problems(found(tmp_path / "named")) == ["definition.symlink agents"]


def test_a_link_to_nothing_is_a_problem_where_it_has_the_name_of_a_definition_and_else_none(root: Path) -> None:
    (root / "agents" / "new").symlink_to("/nowhere/agents")
    assert found(root).problems == ()
    (root / "vendor" / "sekuire.json").symlink_to("/nowhere/sekuire.json")
    assert problems(found(root)) == ["definition.symlink vendor/sekuire.json"]


def test_a_link_into_git_is_looked_behind_since_git_is_not_searched(root: Path) -> None:
    (root / "agents" / "hooks").symlink_to("../.git")
    assert problems(found(root)) == ["definition.symlink agents/hooks"]


def test_folders_that_link_to_each_other_are_searched_once_and_are_no_problem(root: Path) -> None:
    (root / "agents" / "mail" / "old").symlink_to("../old")
    (root / "agents" / "old" / "mail").symlink_to("../mail")
    (root / "agents" / "old" / "up").symlink_to("../..")
    assert found(root) == EVERYTHING
    assert found(root, exclude=("**/deep",)).problems == ()
    assert found(root, exclude=("agents/*/none",)).problems == ()
    assert found(root, "agents/*/sekuire.*").problems == ()
    assert problems(found(root, "agents/**/sekuire.*")) == ["definition.symlink agents/old/up"]
    assert found(root, "agents/**/sekuire.*", exclude=("agents/old/up",)).problems == ()


def test_every_link_to_a_folder_that_is_not_judged_is_a_problem_of_its_own(root: Path) -> None:
    for name in ("a", "b"):
        (root / name).symlink_to("vendor")
    (root / "agents" / "c").symlink_to("../b")
    expected = ["definition.symlink a", "definition.symlink b", "definition.symlink agents/c"]
    assert problems(found(root, exclude=("vendor",))) == expected


def test_links_that_lead_to_more_files_than_the_limit_are_a_problem(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        (root / f"link-{number}").symlink_to("agents/mail")
    exclude = ("agents", "*/sekuire.json")
    assert found(root, exclude=exclude).problems == ()
    monkeypatch.setattr(links, "MAX_BEHIND_LINKS", 29)
    assert problems(found(root, exclude=exclude)) == ["definition.too_many -"]


@pytest.mark.parametrize("line", ["../x", "/etc/passwd", "../*.yml", "/**", "a/../../b"])
def test_a_line_that_leaves_the_root_is_refused(root: Path, line: str) -> None:
    assert [problem.kind for problem in found(root, line).problems] == ["definition.outside_root"]


def test_what_is_no_regular_file_is_left_to_the_reader_to_refuse(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "sekuire.yml")
    assert found(tmp_path) == Found(("sekuire.yml",), (), 0)


def test_a_folder_with_the_name_of_a_definition_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "sekuire.yml").mkdir()
    (tmp_path / "sekuire.yml" / "sekuire.json").write_text("{}")
    assert found(tmp_path).paths == ("sekuire.yml/sekuire.json",)


def test_a_path_that_is_no_text_is_a_problem_that_reports_can_hold(root: Path) -> None:
    folder = root / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "sekuire.yml").write_text("a: b\n")
    (folder / "readme.md").write_text("")
    result = found(root)
    assert result.paths == ALL
    assert problems(result) == ["definition.encoding caf\\xe9/sekuire.yml"]
    assert found(root, exclude=("caf?",)).problems == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_listed_is_a_problem_and_hides_no_other(root: Path) -> None:
    (root / "agents").chmod(0)
    result = found(root)
    (root / "agents").chmod(0o755)
    assert result.paths == tuple(path for path in ALL if not path.startswith("agents"))
    assert problems(result) == ["definition.not_regular agents"]


def test_a_root_that_is_none_is_a_problem(tmp_path: Path) -> None:
    assert problems(found(tmp_path / "nowhere", allow_none=True)) == ["definition.not_regular ."]


def test_more_definitions_than_the_limit_are_a_problem(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_DEFINITIONS", len(ALL))
    assert found(root).paths == ALL
    monkeypatch.setattr(module, "MAX_DEFINITIONS", len(ALL) - 1)
    assert (found(root).paths, problems(found(root))) == ((), ["definition.too_many -"])


def test_more_files_than_the_limit_are_a_problem(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walked = len([file for file in FILES if "/.git/" not in f"/{file}"])
    monkeypatch.setattr(module, "MAX_FILES", walked)
    assert found(root).paths == ALL
    monkeypatch.setattr(module, "MAX_FILES", walked - 1)
    assert problems(found(root)) == ["definition.too_many -"]
    assert found(root, exclude=("agents",)).problems == ()


def test_a_link_at_the_end_of_a_path_too_long_to_look_at_is_a_problem_and_no_silence(tmp_path: Path) -> None:
    target = tmp_path / "root" / "left-out"
    target.mkdir(parents=True)
    (target / "sekuire.yml").write_text("model: x\n")
    (tmp_path / "root" / "sekuire.yml").write_text("model: x\n")
    handles = [os.open(tmp_path / "root", os.O_RDONLY)]
    for _ in range(20):
        os.mkdir("d" * 200, dir_fd=handles[-1])
        handles.append(os.open("d" * 200, os.O_RDONLY, dir_fd=handles[-1]))
    os.symlink(target, "l" * 200, dir_fd=handles[-1])
    for handle in handles:
        os.close(handle)
    found = discover(Folder(tmp_path / "root"), Search(exclude=("left-out",)))
    assert found.paths == ("sekuire.yml",)
    assert [problem.kind for problem in found.problems] == ["definition.symlink"]
