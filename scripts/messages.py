"""Keeps every translation complete, without GNU gettext.

python scripts/messages.py [app ...]      bring the catalogues up to date with the sources
python scripts/messages.py --check        say what is missing or wrong; exit 1 if anything is
python scripts/messages.py --compile      also write the .mo files
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # started by its path, Python looks into scripts/ only

from launcher.messages import compile_messages  # noqa: E402 - needs the line above

APPS = ("core", "accounts", "neighborhoods", "volunteers", "governance", "notifications", "dashboards", "demo")
CATALOGUE = "locale/zh_Hans/LC_MESSAGES/django.po"
# Folders of templates/ that belong to a library whose pages an app dresses; everything else unknown is core's.
ADOPTED = {"account": "accounts", "allauth": "accounts", "mfa": "accounts", "usersessions": "accounts"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}
HEADER = {
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w+)\}")


class Text(NamedTuple):
    """A text to translate: its context, the singular and, where it counts something, the plural."""

    context: str | None
    singular: str
    plural: str | None


Key = tuple[str | None, str]


def sources(app: str) -> Iterator[Path]:
    """Every file whose texts belong to the app."""
    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path
    if app == "core":
        yield from sorted((ROOT / "config").rglob("*.py"))
    yield from sorted((ROOT / app / "templates").rglob("*.*"))
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if owner(path.relative_to(ROOT / "templates")) == app:
            yield path


def owner(template: Path) -> str:
    """Which app a file under templates/ belongs to; admin/<app>/ belongs to that app."""
    folders = [part for part in template.parts[:-1] if part != "admin"]
    first = folders[0] if folders else ""
    return ADOPTED.get(first, first if first in APPS else "core")


def texts_in(path: Path) -> Iterator[Text]:
    """The texts to translate in a Python file or a template."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        rest = templatize(source, origin=str(path.relative_to(ROOT)))
        source = "\n".join(line.strip() for line in rest.splitlines())  # indented HTML is not indented Python
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        first, second = message if isinstance(message, tuple) else (message, None)
        if first:
            yield Text(context, first, second)


def wanted(app: str) -> dict[Key, Text]:
    """All texts of an app. The same text with and without a plural is one entry, the one that counts."""
    found: dict[Key, Text] = {}
    for path in sources(app):
        for text in texts_in(path):
            key = (text.context, text.singular)
            if key not in found or text.plural:
                found[key] = text
    return found


def catalogue_path(app: str) -> Path:
    """Where the Chinese of an app is."""
    return ROOT / app / CATALOGUE


def catalogue(app: str) -> polib.POFile:
    """The Chinese of an app; empty when there is no file yet."""
    path = catalogue_path(app)
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def entries(app: str) -> dict[Key, polib.POEntry]:
    """By context and text; what no code says any more is left out."""
    return {(entry.msgctxt, entry.msgid): entry for entry in catalogue(app) if not entry.obsolete}


def update(app: str) -> int:
    """Rewrites the catalogue: translations stay, new texts join empty, unused ones go. Returns how many are empty."""
    texts, known = wanted(app), entries(app)
    if not texts:
        return 0
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = dict(HEADER)
    for key in sorted(texts, key=lambda k: (k[1], k[0] or "")):
        fresh.append(_entry(texts[key], known.get(key)))
    path = catalogue_path(app)
    content = str(fresh) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return sum(not _translation(entry) for entry in fresh)


def _entry(text: Text, known: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgctxt=text.context, msgid=text.singular)
    translation = _translation(known) if known else ""
    if text.plural:
        entry.msgid_plural, entry.msgstr_plural = text.plural, {0: translation}
    else:
        entry.msgstr = translation
    flags = {"fuzzy"} & set(known.flags if known else ())
    if "%(" in text.singular + (text.plural or ""):
        flags.add("python-format")
    entry.flags = sorted(flags)
    return entry


def _translation(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def problems(app: str) -> list[str]:
    """What keeps a reader of Chinese from reading this app."""
    texts, known = wanted(app), entries(app)
    found = [f"{app}: unused: {_name(key)}" for key in known if key not in texts]
    for key, text in texts.items():
        entry = known.get(key)
        if entry is None or not _translation(entry):
            found.append(f"{app}: not translated: {_name(key)}")
        elif entry.fuzzy:
            found.append(f"{app}: fuzzy: {_name(key)}")
        elif text.plural != (entry.msgid_plural or None):
            found.append(f"{app}: plural has changed: {_name(key)}")
        elif _placeholders(text.plural or text.singular) != _placeholders(_translation(entry)):
            found.append(f"{app}: other placeholders: {_name(key)}")
    return found


def conflicts(apps: list[str]) -> list[str]:
    """Django merges all catalogues: two apps may not give one text two meanings (use a context instead)."""
    seen: dict[Key, tuple[str, str]] = {}
    found = []
    for app in apps:
        for key, entry in entries(app).items():
            if not _translation(entry):
                continue
            first, words = seen.setdefault(key, (app, _translation(entry)))
            if words != _translation(entry):
                found.append(f"{_name(key)} is {words!r} in {first} but {_translation(entry)!r} in {app}")
    return found


def _placeholders(text: str) -> set[str]:
    return {name for match in PLACEHOLDER.findall(text) for name in match if name}


def _name(key: Key) -> str:
    context, text = key
    return f"[{context}] {text!r}" if context else repr(text)


def main() -> int:
    """Collect, check or compile; 1 when something is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", nargs="*", help="all when none is named")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is missing")
    parser.add_argument("--compile", action="store_true", help="write the .mo files")
    options = parser.parse_args()
    apps = options.apps or [app for app in APPS if (ROOT / app).is_dir()]
    if unknown := sorted(set(apps) - set(APPS)):
        parser.error(f"no such app: {', '.join(unknown)}")
    found: list[str] = []
    if options.check:
        found = [*(line for app in apps for line in problems(app)), *conflicts(apps)]
        print("\n".join(found) or "Every text is translated.")
    else:
        for app in apps:
            missing = update(app)
            print(f"{app}: {missing} to translate" if missing else f"{app}: complete")
    if options.compile:
        print(f"{compile_messages(ROOT)} catalogues compiled")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
