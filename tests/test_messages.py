"""Every text can be read in Chinese, and reads as we wrote it."""

import sys

import polib
import pytest
from django.conf import settings
from django.utils import translation

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))
import messages

from launcher.messages import compile_messages

APPS = [app for app in messages.APPS if (settings.BASE_DIR / app).is_dir()]


@pytest.mark.parametrize("app", APPS)
def test_every_text_is_translated(app):
    assert messages.problems(app) == []


def test_no_two_apps_translate_a_text_differently():
    """Django merges the catalogues of all apps; a context (pgettext) tells meanings apart."""
    assert messages.conflicts(APPS) == []


@pytest.mark.parametrize("app", APPS)
def test_readers_see_our_words(app):
    """Not those of a library that translates the same word."""
    compile_messages(settings.BASE_DIR)
    with translation.override("zh-hans"):
        others = [entry.msgid for entry in messages.catalogue(app) if shown(entry) != written(entry)]
    assert others == []


def written(entry: polib.POEntry) -> str:
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def shown(entry: polib.POEntry) -> str:
    if not written(entry):
        return ""  # the first test speaks of it
    if entry.msgid_plural:
        if entry.msgctxt:
            return translation.npgettext(entry.msgctxt, entry.msgid, entry.msgid_plural, 2)
        return translation.ngettext(entry.msgid, entry.msgid_plural, 2)
    return translation.pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else translation.gettext(entry.msgid)


def test_texts_are_found_in_python_and_templates():
    assert (None, "due tomorrow") in messages.wanted("core")
    assert ("page", "Next") in messages.wanted("core")
    assert messages.wanted("core")[(None, "%(count)s hour left")].plural == "%(count)s hours left"


def test_a_lost_placeholder_is_noticed(monkeypatch):
    text = messages.Text(None, "%(count)s hour", None)
    monkeypatch.setattr(messages, "wanted", lambda _app: {(None, text.singular): text})
    monkeypatch.setattr(
        messages, "entries", lambda _app: {(None, text.singular): polib.POEntry(msgid=text.singular, msgstr="小时")}
    )
    assert messages.problems("core") == ["core: other placeholders: '%(count)s hour'"]
