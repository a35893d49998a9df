"""js-yaml as a process that reads one document after another: the second reader that ours must agree with.

It is installed on demand into `.cache/` by the ordinary client, from the lock file beside this module, and is no part
of this repository. Without Node or npm, or where npm cannot install it, whoever asks for it gets the reason.
"""

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

VERSION = "4.1.1"

_HERE = Path(__file__).parent / "js"
_INSTALLED = Path(__file__).parents[2] / ".cache" / f"js-yaml-{VERSION}"
_INSTALL_SECONDS = 120


class MissingError(Exception):
    """There is no js-yaml on this machine; says why."""


class JsYaml:
    """A running js-yaml, with its failsafe schema: scalars stay text, an empty plain one is null."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        """Take both ends of the process."""
        self._questions = questions
        self._answers = answers

    def tree(self, data: bytes) -> object:
        """Return what js-yaml makes of a file.

        Raises:
            RefusedError: it refuses the file.
        """
        self._questions.write(base64.b64encode(data) + b"\n")
        self._questions.flush()
        answer = json.loads(self._answers.readline())
        if "error" in answer:
            raise RefusedError(answer["error"])
        return answer["tree"]


class RefusedError(Exception):
    """js-yaml does not read this file; in its words."""


@contextmanager
def js_yaml() -> Iterator[JsYaml]:
    """Run js-yaml.

    Raises:
        MissingError: it cannot be run here.
    """
    node = shutil.which("node")
    if node is None:
        raise MissingError("there is no Node on this machine")
    command = (node, str(_HERE / "reader.js"), str(_installed() / "js-yaml"))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield JsYaml(process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(timeout=10)


def _installed() -> Path:
    """Return the folder that holds the package; the first time, install it there."""
    if _INSTALLED.is_dir():
        return _INSTALLED
    npm = shutil.which("npm")
    if npm is None:
        raise MissingError(f"js-yaml {VERSION} is not installed, and there is no npm on this machine")
    _INSTALLED.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_INSTALLED.parent) as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_HERE / name, folder)
        command = (npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_INSTALL_SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            if b"EINTEGRITY" in (error.stderr or b""):
                raise  # another package than the lock file names is no reason to skip a test
            raise MissingError(f"npm cannot install js-yaml {VERSION}") from error
        # Whole or not at all; where another run was faster, its copy is as good.
        with suppress(OSError):
            Path(folder, "node_modules").rename(_INSTALLED)
    return _INSTALLED
