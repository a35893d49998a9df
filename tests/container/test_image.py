"""The image: what is in it, how it starts, and what it does without anything of a runner but mounts and variables."""

import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

import docker.types
import pytest

from tests.support.container import ROOT, Service

MAX_IMAGE_BYTES = 100_000_000  # python:3.13-slim alone is larger

pytestmark = pytest.mark.container


@pytest.fixture(scope="session")
def files(engine: Any, image: str) -> set[PurePosixPath]:  # noqa: ANN401 - the SDK ships no types
    """Every file in the image."""
    container = engine.containers.create(image)
    with tempfile.TemporaryFile() as exported:
        exported.writelines(container.export())
        container.remove()
        exported.seek(0)
        with tarfile.open(fileobj=exported) as archive:
            return {PurePosixPath("/", member.name) for member in archive if not member.isdir()}


def test_the_image_starts_the_gate_as_root_by_an_absolute_path_in_no_folder_of_its_own(engine: Any, image: str) -> None:  # noqa: ANN401
    config = engine.images.get(image).attrs["Config"]
    assert config["Entrypoint"] == ["/app/entrypoint.py"]
    assert not config.get("Cmd")
    assert config.get("User", "") in {"", "0", "root"}
    assert config.get("WorkingDir", "") in {"", "/"}


def test_the_image_is_smaller_than_the_base_it_is_built_on(engine: Any, image: str) -> None:  # noqa: ANN401
    assert engine.images.get(image).attrs["Size"] < MAX_IMAGE_BYTES


def test_python_is_the_only_program_in_the_image_and_has_nothing_to_install_packages_with(
    files: set[PurePosixPath],
) -> None:
    programs = {path.name for path in files if path.parent.name in {"bin", "sbin"}}
    assert programs == {"python", "python3", "python3.13"}
    packages = {path.parts[path.parts.index("site-packages") + 1] for path in files if "site-packages" in path.parts}
    assert packages.isdisjoint({"pip", "setuptools", "wheel", "uv", "tests"})
    assert not [
        path
        for path in files
        if path.parts[:5] == ("/", "usr", "local", "lib", "python3.13") and "ensurepip" in path.parts
    ]


def test_every_module_in_the_image_is_compiled(files: set[PurePosixPath]) -> None:
    library = PurePosixPath("/usr/local/lib/python3.13")
    modules = {path for path in files if path.suffix == ".py" and library in path.parents}
    compiled = {path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc" for path in modules}
    assert len(modules) > 500
    assert compiled <= files


def test_the_image_holds_the_certificates_where_openssl_looks_for_them(engine: Any, image: str) -> None:  # noqa: ANN401
    script = """
import os, ssl
paths = ssl.get_default_verify_paths()
ssl.create_default_context(cafile=paths.openssl_cafile)
print(sum(os.path.isfile(entry) for entry in os.scandir(paths.openssl_capath)))
"""
    exit_code, log = start(engine, image, entrypoint="/usr/local/bin/python", command=["-I", "-c", script])
    assert exit_code == 0, log
    assert int(log) > 100


def test_a_plain_run_judges_the_mounted_checkout(engine: Any, image: str, service: Service, tmp_path: Path) -> None:  # noqa: ANN401
    (tmp_path / "summary.md").touch()
    (tmp_path / "output").touch()
    environment = {f"INPUT_{name.upper()}": value for name, value in service.inputs.items()}
    environment |= {
        "INPUT_DEFINITIONS": "agents/second-model",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": "/github/workspace",
        "GITHUB_STEP_SUMMARY": "/github/file_commands/summary.md",
        "GITHUB_OUTPUT": "/github/file_commands/output",
    }
    exit_code, log = start(
        engine,
        image,
        environment=environment,
        mounts={ROOT / "examples": "/github/workspace", tmp_path: "/github/file_commands"},
    )
    assert exit_code == 1
    assert "::error " in log
    assert "model.blocked" in (tmp_path / "summary.md").read_text("utf-8")
    assert "violation" in (tmp_path / "output").read_text("utf-8")


def test_the_entry_point_takes_no_arguments(engine: Any, image: str) -> None:  # noqa: ANN401
    exit_code, log = start(engine, image, command=["check"])
    assert exit_code == 2
    assert "no arguments" in log


def start(
    engine: Any,  # noqa: ANN401
    image: str,
    *,
    environment: dict[str, str] | None = None,
    mounts: dict[Path, str] | None = None,
    command: list[str] | None = None,
    entrypoint: str | None = None,
) -> tuple[int, str]:
    """Run the image to its end; give its exit code, and what it wrote."""
    container = engine.containers.create(
        image,
        command,
        entrypoint=entrypoint,
        environment=environment or {},
        network_mode="host",
        working_dir="/github/workspace",
        mounts=[docker.types.Mount(target, str(source), type="bind") for source, target in (mounts or {}).items()],
    )
    try:
        container.start()
        ended = container.wait(timeout=60)
        return int(ended["StatusCode"]), container.logs().decode()
    finally:
        container.remove(force=True)
