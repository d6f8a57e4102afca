"""The house rules that no linter knows (docs/architecture.md, CONTRIBUTING.md)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "core",
    "accounts",
    "neighborhoods",
    "volunteers",
    "governance",
    "notifications",
    "dashboards",
    "demo",
    "config",
)
MODULE_LINES, FUNCTION_LINES, IMPORTED_MODULES = 400, 50, 20
PURE_ROOMS = ("services", "policies", "selectors", "querysets", "lifecycle", "actors")
OUTER_ROOMS = ("views", "forms", "tasks", "admin")
WRITES = {"save", "delete", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}


def sources(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and "__pycache__" not in path.parts
    )


def room_of(path: Path) -> str:
    """`governance/services/x.py` and `governance/policies.py` are in the rooms `services` and `policies`."""
    parts = path.relative_to(ROOT).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else ""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


ALL = sources(*APPS, "launcher", "scripts", "benchmarks")
IN_APPS = sources(*APPS)


def test_files_of_tests_are_small():
    """Their functions may be longer: a table of steps or a story from beginning to end is one piece."""
    big = [path for path in sources("tests") if path.read_text(encoding="utf-8").count("\n") > MODULE_LINES]
    assert [name_of(path) for path in big] == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_module_is_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MODULE_LINES
    tree = ast.parse(text)
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert not long, "split these functions"
    imported = {n.module for n in tree.body if isinstance(n, ast.ImportFrom) and n.module.startswith(APPS)}
    assert len(imported) <= IMPORTED_MODULES, "this module knows too many others"


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return found | {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}


@pytest.mark.parametrize("path", [p for p in IN_APPS if room_of(p) in PURE_ROOMS], ids=name_of)
def test_rules_know_no_web(path):
    web = ("django.http", "django.shortcuts", "django.contrib.messages", "django.views")
    assert not [name for name in imports_of(path) if name.startswith(web)]


def calls_of(path: Path) -> list[tuple[str, str, int]]:
    """Every `a.b.method(...)` call: the source of what it is called on, the method, the line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (ast.unparse(node.func.value), node.func.attr, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]


@pytest.mark.parametrize("path", [p for p in IN_APPS if room_of(p) in OUTER_ROOMS], ids=name_of)
def test_outer_rooms_do_not_write(path):
    """Views, forms, tasks and admin translate; writing is for services."""
    written = [
        f"line {line}: {target}.{method}()"
        for target, method, line in calls_of(path)
        if (".objects" in target and method in WRITES | {"update"})
    ]
    assert not written


ENQUEUE = {"delay", "apply_async", "send_task"}
WAKE_UP = "notifications/services/wakeup.py"  # the one best-effort wake-up of the relay after commit


def test_only_the_wake_up_enqueues():
    """Work that must happen goes through the outbox; what the broker carries can be lost."""
    enqueuing = {name_of(path) for path in IN_APPS for _target, method, _line in calls_of(path) if method in ENQUEUE}
    assert enqueuing == {WAKE_UP}


@pytest.mark.parametrize("path", [p for p in IN_APPS if not name_of(p).startswith("config/")], ids=name_of)
def test_settings_are_named(path):
    """`settings.NAME`, never a default at the place of use; the environment is read in one file."""
    text = path.read_text(encoding="utf-8")
    assert "getattr(settings" not in text
    assert "os.environ" not in text


def _undescribed(node: ast.AST, owner: str = "") -> list[str]:
    """Public classes and functions that say nothing about themselves; a protocol's stubs need not."""
    found = []
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.ClassDef | ast.FunctionDef) or child.name.startswith("_"):
            continue
        is_stub = ast.unparse(child.body[-1]) == "..."
        if not (ast.get_docstring(child) or is_stub or child.name in {"Meta", "MPTTMeta"}):
            found.append(f"{owner}{child.name}")
        if isinstance(child, ast.ClassDef):
            found += _undescribed(child, f"{child.name}.")
    return found


@pytest.mark.parametrize("path", [p for p in IN_APPS if room_of(p) in PURE_ROOMS], ids=name_of)
def test_rules_and_questions_say_what_they_are(path):
    assert not _undescribed(ast.parse(path.read_text(encoding="utf-8")))


def test_nobody_else_knows_how_the_tree_is_stored():
    own = {"neighborhoods"}
    names = {"lft", "rght", "tree_id"}
    for path in IN_APPS:
        if path.relative_to(ROOT).parts[0] in own:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} | {
            k.arg for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords if k.arg
        }
        assert not names & used, name_of(path)


def test_no_drawer_for_odds_and_ends():
    for name in ("utils.py", "helpers.py", "managers.py", "signals.py"):
        assert not [p for p in IN_APPS if p.name == name]


def test_lock_files_carry_no_address():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        for forbidden in ("://", "--index-url", "--find-links"):
            assert forbidden not in text, f"{path.name} carries {forbidden}"


def test_every_template_text_stands_alone():
    """Nothing inline: the content security policy would refuse it."""
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for forbidden in (" style=", "<style", "onclick=", "javascript:"):
            assert forbidden not in text, f"{path.relative_to(ROOT)} has {forbidden.strip()}"
