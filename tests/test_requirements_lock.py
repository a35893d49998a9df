"""requirements.lock: what the image is made of follows from pyproject.toml, by hash, and names no machine."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", LOCK, flags=re.MULTILINE))


def test_every_dependency_is_locked_within_its_range() -> None:
    declared = map(Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"])
    locked = {canonicalize_name(name): version for name, version in PINNED.items()}
    outside = {str(item) for item in declared if not item.specifier.contains(locked[canonicalize_name(item.name)])}
    assert outside == set()


def test_every_locked_package_has_its_hashes_and_no_line_names_a_place_to_get_it_from() -> None:
    packages = [block for block in re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE) if not block.startswith("#")]
    assert len(packages) == len(PINNED)
    assert all("--hash=sha256:" in package for package in packages)
    lines = [line.partition("#")[0].strip() for line in LOCK.splitlines()]
    known = r"|--hash=sha256:[0-9a-f]{64}( \\)?|[a-z0-9-]+==[A-Za-z0-9.]+( ; [a-z_ !='A-Z]+)? \\"
    assert [line for line in lines if not re.fullmatch(known, line)] == []
