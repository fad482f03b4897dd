"""The file that a runtime looks for when it loads a handler: AWS takes a package without it, and every invoke fails.

How each runtime reads a handler's name is in the chapters of https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
on its language.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from lambdatui.errors import BadInput
from lambdatui.stages.packages.package import Member, Package


def check(package: Package, runtime: str, handler: str, configuration: Mapping[str, Any], layers: list[str]) -> None:
    """Refuses a package that lacks the handler's file, where the runtime is one whose way is known.

    `configuration` is AWS's of the function as it is, empty for a new one. A layer may bring the file: nothing is said
    of a function that has some, or that `layers` gives some. Raises BadInput.
    """
    if layers or configuration.get("Layers"):
        return
    if runtime.startswith("provided"):
        _check_bootstrap(package)
        return
    wanted = _wanted(runtime, handler)
    if wanted and not _held(wanted, runtime, package):
        raise BadInput(f"handler: {handler} needs {wanted[0]}, and {package.source} does not hold it.")


def _check_bootstrap(package: Package) -> None:
    found = next((member for member in package.members if member.name == "bootstrap"), None)
    if found is None:
        raise BadInput(f"runtime: one of one's own needs an executable bootstrap, and {package.source} holds none.")
    if not found.executable:
        raise BadInput(f"runtime: bootstrap in {package.source} cannot be executed.", "Make it so: chmod +x bootstrap")


def _wanted(runtime: str, handler: str) -> tuple[str, ...]:
    """The files that would do, the usual one first; none where it cannot be said."""
    if runtime.startswith("python") and "." in handler:
        module = handler.rsplit(".", 1)[0].replace(".", "/")
        return tuple(module + suffix for suffix in (".py", "/__init__.py", ".pyc", ".so"))
    if runtime.startswith("nodejs"):
        folder, _, last = handler.rpartition("/")
        module = f"{folder}/{last.split('.')[0]}" if folder else last.split(".")[0]
        return tuple(module + suffix for suffix in (".js", ".mjs", ".cjs", "", "/index.js"))
    if runtime.startswith("ruby") and "." in handler:
        return (f"{handler.split('.')[0]}.rb",)
    if runtime.startswith("java"):
        return (f"{handler.split('::')[0].replace('.', '/')}.class",)
    if runtime.startswith("dotnet"):
        return (f"{handler.split('::')[0]}.dll",)
    return ()


def _held(wanted: tuple[str, ...], runtime: str, package: Package) -> bool:
    names = {_plain(member) for member in package.members}
    if any(name in names for name in wanted):
        return True
    if runtime.startswith("python"):
        # a compiled module has the interpreter's name in its own, as app.cpython-313-x86_64-linux-gnu.so
        module = wanted[0].removesuffix(".py")
        return any(name.startswith(f"{module}.") and name.endswith(".so") for name in names)
    # the class may be in any archive beside it
    return runtime.startswith("java") and any(name.endswith(".jar") for name in names)


def _plain(member: Member) -> str:
    """A member's name as it is unpacked: some zips write `./app.py`."""
    return str(PurePosixPath(member.name))
