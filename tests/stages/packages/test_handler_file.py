"""A package without the file of its handler is refused, in the way of each runtime."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from lambdatui.errors import BadInput
from lambdatui.stages.packages import handler_file, package
from tests.stages.packages.test_package import fill


def check(folder: Path, runtime: str, handler: str, configuration: Any = None, layers: Any = ()) -> None:
    handler_file.check(package.build(folder, "code"), runtime, handler, configuration or {}, list(layers))


@pytest.mark.parametrize(
    ("runtime", "handler", "name"),
    [
        ("python3.13", "app.handler", "app.py"),
        ("python3.13", "lib.app.handler", "lib/app.py"),
        ("python3.13", "lib/app.handler", "lib/app.py"),
        ("python3.13", "app.handler", "app/__init__.py"),
        ("python3.13", "app.handler", "app.cpython-313-x86_64-linux-gnu.so"),
        ("nodejs22.x", "index.handler", "index.mjs"),
        ("nodejs22.x", "src/index.handler", "src/index.js"),
        ("nodejs22.x", "index.deep.handler", "index.cjs"),
        ("ruby3.3", "app.Shop::Handler.process", "app.rb"),
        ("java21", "shop.Handler::handle", "shop/Handler.class"),
        ("java21", "shop.Handler", "lib/shop.jar"),
        ("dotnet8", "Shop::Shop.Function::Handle", "Shop.dll"),
        ("some-runtime-of-tomorrow", "anything", "x"),
    ],
)
def test_the_file_is_found(tmp_path: Path, runtime: str, handler: str, name: str) -> None:
    check(fill(tmp_path, name), runtime, handler)


@pytest.mark.parametrize(
    ("runtime", "handler", "needs"),
    [
        ("python3.13", "app.handler", "app.py"),
        ("nodejs22.x", "index.handler", "index.js"),
        ("ruby3.3", "lambda.handler", "lambda.rb"),
        ("java21", "shop.Handler::handle", "shop/Handler.class"),
        ("dotnet8", "Shop::Shop.Function::Handle", "Shop.dll"),
    ],
)
def test_a_package_without_it_is_refused_unless_a_layer_may_have_it(
    tmp_path: Path, runtime: str, handler: str, needs: str
) -> None:
    fill(tmp_path, "other.txt")
    with pytest.raises(BadInput) as caught:
        check(tmp_path, runtime, handler)
    assert str(caught.value) == f"handler: {handler} needs {needs}, and code does not hold it."
    check(tmp_path, runtime, handler, {"Layers": [{"Arn": "x"}]})
    check(tmp_path, runtime, handler, layers=["x"])


def test_a_runtime_of_one_s_own_needs_an_executable_bootstrap(tmp_path: Path) -> None:
    fill(tmp_path, "other")
    with pytest.raises(BadInput, match="needs an executable bootstrap, and code holds none"):
        check(tmp_path, "provided.al2023", "unused")
    fill(tmp_path, "bootstrap")
    with pytest.raises(BadInput, match="bootstrap in code cannot be executed"):
        check(tmp_path, "provided.al2023", "unused")
    (tmp_path / "bootstrap").chmod(0o755)
    check(tmp_path, "provided.al2023", "unused")


def test_names_that_begin_with_a_dot_are_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("./app.py", "x")
    check(tmp_path / "code.zip", "python3.13", "app.handler")
