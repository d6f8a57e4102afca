"""The components as templates use them."""

import csv
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from core.forms import PortalForm
from core.templatetags import mulin
from governance.lifecycle import LOOKS

SPRITE = set(re.findall(r'id="i-([\w-]+)"', (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")))
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


class ReportForm(PortalForm):
    text = forms.CharField(label="哪里出了问题？", help_text="写在什么位置。", widget=forms.Textarea)
    photo = forms.FileField(label="照片", required=False)
    how = forms.ChoiceField(
        label="怎么联系您", choices=[("tel", "打电话"), ("sms", "发短信")], widget=forms.RadioSelect
    )
    public = forms.BooleanField(label="可以给邻居看", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(source: str, **context: object) -> str:
    with translation.override("zh-hans"):
        return Template(source).render(Context(context))


def test_field_ties_label_hint_and_input_together():
    html = drawn("{% field form.text %}", form=ReportForm())
    assert '<label class="mu-label" for="id_text">哪里出了问题？</label>' in html
    assert 'id="id_text_helptext"' in html
    assert 'aria-describedby="id_text_helptext"' in html
    assert 'class="mu-input"' in html
    assert "aria-invalid" not in html
    assert " required" not in html


def test_field_says_its_error_beside_the_input():
    html = drawn("{% field form.text heading=True %}", form=ReportForm({}))
    assert "mu-field--bad" in html
    assert re.search(r'<h1>\s*<label for="id_text">', html)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_text_helptext id_text_error"' in html
    assert 'id="id_text_error"' in html
    assert "错误：" in html


def test_field_draws_choices_as_one_group():
    html = drawn("{% field form.how %}", form=ReportForm({}))
    assert html.count('class="mu-choice"') == 2
    assert "<legend" in html
    assert 'aria-describedby="id_how_error"' in html


def test_field_draws_files_ticks_and_hidden_fields():
    form = ReportForm(initial={"token": "abc"})
    assert 'class="mu-file"' in drawn("{% field form.photo %}", form=form)
    assert '<label class="mu-choice" for="id_public">' in drawn("{% field form.public %}", form=form)
    assert drawn("{% field form.token %}", form=form).strip().startswith('<input type="hidden"')


def test_errors_counts_and_leads_to_the_fields():
    html = drawn("{% errors form %}", form=ReportForm({}))
    assert "有 2 处需要改一下" in html
    assert 'href="#id_text"' in html
    assert 'href="#id_how_0"' in html
    assert 'role="alert"' in html
    assert drawn("{% errors form %}", form=ReportForm()).strip() == ""


def test_errors_of_several_forms_are_summed_up():
    assert "有 4 处需要改一下" in drawn("{% errors a b %}", a=ReportForm({}), b=ReportForm({}))


def test_error_prefix_stands_before_the_title():
    assert drawn("{% error_prefix form %}", form=ReportForm({})) == "有错误："
    assert drawn("{% error_prefix form %}", form=ReportForm()) == ""


def test_field_escapes_what_people_typed():
    html = drawn("{% field form.text %}", form=ReportForm({"text": "</textarea><script>"}))
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("已经收到，请留好回执", '<span class="mu-nb">已经收到，</span><wbr><span class="mu-nb">请留好回执</span>'),
        ("没有标点但是一句很长很长的话", "没有标点但是一句很长很长的话"),
        ("We have it, keep this", "We have it, keep this"),
        ("a<b>，c", '<span class="mu-nb">a&lt;b&gt;，</span><wbr>c'),
        (["We have it.", "We will sign"], "We have it. We will sign"),
        (["市政照明所", "正在办"], '<span class="mu-nb">市政照明所</span><wbr><span class="mu-nb">正在办</span>'),
    ],
)
def test_clauses(text, html):
    assert mulin.clauses(text) == html


def test_pager_keeps_the_rest_of_the_address():
    page = Paginator(range(100), 10).page(2)
    request = RequestFactory().get("/desk/issues/", {"q": "灯", "page": "2", "tab": "open"})
    html = drawn('{% pager page target="table" %}', page=page, request=request)
    assert "第 11 至 20 项" in html
    assert "?q=%E7%81%AF&amp;page=3&amp;tab=open" in html
    assert 'hx-target="#table"' in html
    assert 'aria-current="page"' in html
    assert drawn("{% pager page %}", page=Paginator(range(5), 10).page(1), request=request).strip() == ""


def test_pager_takes_a_ready_query():
    page = Paginator(range(100), 10).page(1)
    assert 'href="?tab=open&amp;page=2"' in drawn("{% pager page query %}", page=page, query="tab=open")


def test_qr_is_readable_and_keeps_its_quiet_zone():
    html = mulin.qr("https://example.test/q/ABC234/")
    assert re.search(r'viewBox="-4 -4 \d+ \d+"', html)
    assert html.count("<path") == 1
    assert "style=" not in html


def test_qr_draws_exactly_the_dark_modules():
    dark = sum(len(run[0]) for _y, run in mulin._runs([b"\x01\x01\x00\x01", b"\x00\x00\x01\x00"]))
    assert dark == 4


def test_clock_without_a_deadline_is_nothing():
    assert mulin.clock(None) == ""


def test_note_takes_the_levels_of_messages():
    assert 'class="mu-note mu-note--done mu-gap-b"' in mulin.note("saved", "success")
    assert 'class="mu-note mu-gap-b"' in mulin.note("<b>", "info")
    assert "&lt;b&gt;" in mulin.note("<b>")


def test_tel_keeps_digits_only():
    assert mulin.tel("0737-000 0012") == "0737-0000012"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(settings.BASE_DIR / "templates")))
def test_every_icon_a_template_names_is_in_the_sprite(path: Path):
    named = set(re.findall(r'{% icon "([\w-]+)" %}', path.read_text(encoding="utf-8")))
    assert named <= SPRITE


def test_every_icon_of_a_state_or_category_is_in_the_sprite():
    with (settings.BASE_DIR / "governance" / "reference" / "categories.csv").open(encoding="utf-8") as file:
        named = {row["icon"] for row in csv.DictReader(file)}
    named |= {look.icon for look in LOOKS.values()} | set(mulin.TONE_ICONS.values())
    assert named <= SPRITE


def test_a_choice_is_asked_to_be_made_and_a_text_to_be_typed():
    class Asking(forms.Form):
        kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), ("a", "甲")])
        how = forms.ChoiceField(label="来源", choices=[("a", "甲")], widget=forms.RadioSelect)
        text = forms.CharField(label="事情")

    page = drawn("{% errors form %}{% for one in form %}{% field one %}{% endfor %}", form=Asking({}))
    assert [words in page for words in ("请选择“类别”", "请选择“来源”", "请填写“事情”")] == [True] * 3
    assert (page.count("请选择。"), page.count("请填写。")) == (2, 1)
