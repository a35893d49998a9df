"""The house: who may import whom, and what else holds it together (CONTRIBUTING.md, "How it is laid out")."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import sekuire_gate
from sekuire_gate.commands import COMMANDS
from sekuire_gate.errors import GateError

PACKAGE = Path(sekuire_gate.__file__).parent
ROOT = PACKAGE.parent
MAX_LINES = 300
ENVIRONMENT = {
    f"{module}.{name}" for module in ("os", "posix") for name in ("environ", "environb", "getenv", "getenvb")
}
STARTS_A_PROGRAM = re.compile(
    r"(subprocess|_posixsubprocess|multiprocessing|pty)\b|(os|posix)\.(system|popen|exec|spawn|posix_spawn|fork)"
    r"|asyncio\.(subprocess|create_subprocess)|concurrent\.futures\.(process|ProcessPool)"
)

# A room, and the rooms and modules of this package that it may import. A room always sees itself.
IMPORTS: dict[str, set[str]] = {
    "model": set(),
    "strict_json": set(),
    "canonical": {"strict_json"},
    "errors": {"model"},
    "rules": {"model", "canonical"},
    "changes": {"model", "rules"},
    "trust": {"model", "errors", "canonical", "durable", "regular_file", "sekuire_gate"},
    "parse": {"model", "errors", "canonical"},
    "render": {"model", "sekuire_gate"},
    "publish": {"errors"},
    "workspace": {"model", "errors", "canonical", "trust"},
    "inputs": {"errors"},
    "workflow": {"canonical", "regular_file"},
    "durable": set(),
    "regular_file": set(),
    "keyless": {"errors", "workflow"},
    "policy_settings": {
        "model", "errors", "inputs",
        "trust.address", "trust.anchor", "trust.authorities", "trust.cache", "trust.lock", "trust.message",
        "trust.proxy", "trust.version",
    },
    "settings": {"model", "errors", "inputs", "workflow", "policy_settings"},
    "gate": {"settings", "policy_settings", "workflow", "keyless", "trust", "parse", "rules", "model", "errors"},
    "delivery": {"settings", "workflow", "render", "publish", "model", "errors"},
    "checkup": {"policy_settings", "workflow", "keyless", "inputs", "trust", "model", "errors"},
    "commands": {
        "model", "canonical", "errors", "rules", "changes", "trust", "parse", "render", "workspace",
        "inputs", "workflow", "durable", "policy_settings", "settings", "gate", "delivery", "checkup",
    },
    "cli": {"commands", "render", "inputs", "model", "errors", "sekuire_gate"},
    "__main__": {"cli"},
}  # fmt: skip

# A third-party package, and the only modules that import it; an empty set is a promise: nobody does.
THIRD_PARTY: dict[str, set[str]] = {
    "blake3": {"canonical"},
    "httpx": {"trust.client", "trust.failure", "trust.fetch", "trust.probe", "trust.wire"},
    "httpcore": {"trust.wire"},
    "certifi": {"trust.authorities"},
    "cryptography": {"trust.ed25519", "trust.probe", "workspace.keys"},
    "pydantic": set(),
    "pydantic_core": {"trust.envelope"},
    "yaml": {"parse.yaml_tree"},
    "actions_toolkit": {"render.workflow_commands", "publish.local"},
    "github": set(),
}


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        name = name.removesuffix(".__init__").removesuffix("__init__")
        yield name, path, ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names that a module imports, wherever the statement stands.

    Of this package they are modules. Of others `from a import b` gives both `a` and `a.b`: either may be a module.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                path = ROOT / Path(*whole.split("."))
                is_ours = room_of(whole) == "sekuire_gate"
                is_module = path.with_suffix(".py").exists() or path.is_dir()
                if not is_ours or not is_module:
                    yield str(node.module)
                if not is_ours or is_module:
                    yield whole


def mentioned(tree: ast.Module) -> Iterator[str]:
    """Dotted names that a module imports, or reads from a module that it imported under whatever name."""
    yield from imported(tree)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{names.get(node.value.id, node.value.id)}.{node.attr}"


def room_of(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


MODULES = [(name, path, tree) for name, path, tree in modules() if name]
NAMES = [name for name, _, _ in MODULES]


@pytest.mark.parametrize(("name", "path", "tree"), MODULES, ids=NAMES)
def test_a_module_imports_only_what_its_room_may(name: str, path: Path, tree: ast.Module) -> None:
    allowed = IMPORTS[room_of(name)]
    for target in imported(tree):
        if target == "sekuire_gate":
            assert "sekuire_gate" in allowed, f"{path} imports the package itself"
        elif target.startswith("sekuire_gate."):
            inner = target.removeprefix("sekuire_gate.")
            fits = room_of(inner) == room_of(name) or room_of(inner) in allowed or inner in allowed
            assert fits, f"{path} imports {target}"


@pytest.mark.parametrize(("name", "path", "tree"), MODULES, ids=NAMES)
def test_a_third_party_package_is_imported_only_where_the_table_says(name: str, path: Path, tree: ast.Module) -> None:
    for target in imported(tree):
        package = target.split(".")[0]
        if package == "sekuire_gate" or package in sys.stdlib_module_names:
            continue
        assert name in THIRD_PARTY[package], f"{path} imports {package}"


def test_every_import_that_the_tables_allow_is_made() -> None:
    made: dict[str, set[str]] = {room: set() for room in IMPORTS}
    importing: dict[str, set[str]] = {package: set() for package in THIRD_PARTY}
    for name, _, tree in MODULES:
        for target in imported(tree):
            inner = target.removeprefix("sekuire_gate.")
            made[room_of(name)] |= {inner, room_of(inner)}
            importing.get(room_of(target), set()).add(name)
    assert {room: allowed - made[room] for room, allowed in IMPORTS.items() if allowed - made[room]} == {}
    assert importing == THIRD_PARTY


@pytest.mark.parametrize(("name", "path", "tree"), MODULES, ids=NAMES)
def test_no_module_is_longer_than_300_lines(name: str, path: Path, tree: ast.Module) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES, f"{name} is too long: split it by ideas"
    assert ast.get_docstring(tree), f"{name} does not say what it holds"


def test_there_is_no_import_cycle() -> None:
    graph = {
        name: {target.removeprefix("sekuire_gate.") for target in top_level_imports(tree)} for name, _, tree in MODULES
    }
    assert list(TopologicalSorter(graph).static_order())


def top_level_imports(tree: ast.Module) -> Iterator[str]:
    """Imports that run when the module is loaded: not those inside functions or under TYPE_CHECKING."""
    body = ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], type_ignores=[])
    return (target for target in imported(body) if target.startswith("sekuire_gate."))


def test_a_policy_is_built_by_the_content_reader_which_only_the_verifier_imports() -> None:
    building = {
        name
        for name, _, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Policy"
    }
    importing = {name for name, _, tree in MODULES if "sekuire_gate.trust.content" in set(imported(tree))}
    assert building == {"trust.content"}
    assert importing == {"trust.verify"}


def test_a_signing_key_is_named_in_the_workspace_alone() -> None:
    naming = {name for name, path, _ in MODULES if "Ed25519PrivateKey" in path.read_text("utf-8")}
    assert {room_of(name) for name in naming} == {"workspace"}


def test_the_environment_is_read_by_the_command_line_alone() -> None:
    assert {name for name, _, tree in MODULES if ENVIRONMENT & set(mentioned(tree))} == {"cli"}


def test_json_is_read_by_the_strict_reader_alone() -> None:
    """The library's own takes the last of duplicate keys, NaN and UTF-16, silently."""
    lenient = {"json.load", "json.loads", "json.JSONDecoder", "pydantic_core.from_json"}
    assert {name for name, _, tree in MODULES if lenient & set(mentioned(tree))} == set()


def test_no_program_is_started_anywhere_in_the_package() -> None:
    for name, _, tree in MODULES:
        assert [target for target in mentioned(tree) if STARTS_A_PROGRAM.match(target)] == [], name


def test_the_toolkits_own_core_is_imported_nowhere() -> None:
    for name, _, tree in MODULES:
        assert "actions_toolkit.core" not in set(mentioned(tree)), name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import actions_toolkit.core", "actions_toolkit.core"),
        ("from actions_toolkit import core", "actions_toolkit.core"),
        ("from actions_toolkit.core import set_output", "actions_toolkit.core"),
        ("def f():\n    import actions_toolkit as kit\n    kit.core.set_output()", "actions_toolkit.core"),
        ("from os import environ as e", "os.environ"),
        ("import os as o\no.environ", "os.environ"),
    ],
    ids=["module", "from its package", "from it", "through another name", "a value", "a value through another name"],
)
def test_a_name_is_noticed_however_it_is_imported(source: str, name: str) -> None:
    assert name in set(mentioned(ast.parse(source)))


def test_every_error_of_the_package_has_the_one_root() -> None:
    loaded = [importlib.import_module(f"sekuire_gate.{name}") for name in NAMES if name != "__main__"]
    for module in loaded:
        for _, found in inspect.getmembers(module, inspect.isclass):
            is_public_error = issubclass(found, Exception) and not found.__name__.startswith("_")
            if is_public_error and found.__module__.startswith("sekuire_gate"):
                assert issubclass(found, GateError), found


def test_every_public_class_and_function_says_what_it_is() -> None:
    for name, _, tree in MODULES:
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{name}.{node.name}"


def test_every_command_is_a_module_with_a_command() -> None:
    for listed in COMMANDS:
        module = importlib.import_module(f"sekuire_gate.commands.{listed.module}")
        assert module.COMMAND.run is not None, listed
    there = {module.name for module in pkgutil.iter_modules([str(PACKAGE / "commands")])}
    assert there - {"command"} == {listed.module for listed in COMMANDS}


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("--policy", "none.json"), {"httpx", "asyncio", "http.server"}),
        (
            ("--workspace", "ws_1", "--backend", "http://127.0.0.1:1", "--allow-loopback-http", "--timeout", "1"),
            {"http.server"},
        ),
    ],
    ids=["a saved policy", "a service"],
)
def test_a_check_as_a_process_loads_nothing_that_it_does_not_need(
    arguments: tuple[str, ...], unwanted: set[str], tmp_path: Path
) -> None:
    probe = (
        "import sys\n"
        "from sekuire_gate import cli\n"
        f"sys.argv = ['sekuire-gate', 'check', '--unsafe-allow-unsigned', *{arguments!r}]\n"
        "code = cli.main()\n"
        "print(code, *sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=True)
    code, *loaded = done.stderr.splitlines()[-1].split()
    assert code == "4"
    assert ("httpx" in loaded) == ("httpx" not in unwanted)
    assert (unwanted | {"github", "requests", "sekuire_gate.workspace"}).isdisjoint(loaded)
