"""What a kernel takes in is found completely: the quick reading of imports agrees with the grammar."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pedal.jit.sources import PACKAGE, _imports, closure, closure_hash, imported_files

MODULES = sorted(PACKAGE.rglob("*.py"))


def imports_by_grammar(source: str) -> set[tuple[str, tuple[str, ...]]]:
    found: set[tuple[str, tuple[str, ...]]] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "pedal":
            found.add((node.module or "", tuple(alias.name for alias in node.names)))
        elif isinstance(node, ast.Import):
            found |= {(alias.name, ()) for alias in node.names if alias.name.partition(".")[0] == "pedal"}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_import_is_seen(path: Path) -> None:
    seen = {(module, tuple(names)) for module, names in _imports(path.read_bytes())}
    assert seen == imports_by_grammar(path.read_text())


def test_nobody_imports_in_a_form_that_is_not_read() -> None:
    """Relative imports, and several modules in one statement."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path
            assert not (isinstance(node, ast.Import) and len(node.names) > 1), path


def write(folder: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (folder / f"{name}.py").write_text(source)
    return folder


def test_far_sources_count_and_others_do_not(tmp_path: Path) -> None:
    package = write(tmp_path, a="from pedal.b import x", b="import pedal.c", c="Y = 1", d="from pedal import c")
    assert closure(package / "a.py", package) == {package / f"{name}.py" for name in "abc"}
    before = closure_hash(package / "a.py", package)
    for name, counts in {"a": True, "b": True, "c": True, "d": False}.items():
        other = tmp_path / f"with_{name}"
        other.mkdir()
        for path in package.glob("*.py"):
            (other / path.name).write_bytes(path.read_bytes() + (b"\n" if path.stem == name else b""))
        assert (closure_hash(other / "a.py", other) != before) == counts


def test_a_circle_ends(tmp_path: Path) -> None:
    package = write(tmp_path, a="from pedal.b import x", b="from pedal.a import y")
    assert closure(package / "a.py", package) == closure(package / "b.py", package)


def test_forms(tmp_path: Path) -> None:
    package = write(tmp_path, b="", c="", d="", e="")
    (package / "a.py").write_text(
        "from pedal import (\n    b,  # why, and so on\n    c as other,\n)\n\n"
        "def f():\n    import pedal.d as d\n    from pedal.e import x\n"
    )
    assert {path.stem for path in imported_files(package / "a.py", package)} == {"b", "c", "d", "e"}
