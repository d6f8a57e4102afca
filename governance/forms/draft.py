"""A report that is still being written. It lives in the browser, signed, and reaches the database when it is sent.

The token travels twice: in a hidden field of every step (what this page builds on, so two open tabs never mix) and in
a cookie of `/report/` (so that an answer can be a redirect, and a reload or a closed page loses nothing).

What a step refused travels in a second cookie to the page that shows it again: the answer to a form that stays in the
history of the browser would greet whoever goes back with "send the form again?".
"""

import json
import time
import uuid
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from django.core import signing

from governance.lifecycle import Channel

COOKIE = "mulin_draft"
REFUSED_COOKIE = "mulin_refused"
KEEP_SECONDS = 12 * 3600
# Browsers keep about 4,096 bytes of a cookie with its name.
TOKEN_LIMIT = 3950
# Both cookies travel in one line, and servers take 8 KB of it.
REFUSED_LIMIT = 3000
REFUSED_SECONDS = 15 * 60
_SALT = "governance.report"
_REFUSED_SALT = "governance.report.refused"


@dataclass(frozen=True)
class Draft:
    """Everything said so far."""

    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    began: int = field(default_factory=lambda: int(time.time()))
    channel: str = Channel.WEB.value
    area: str = ""  # code
    compound: str = ""  # code, when the whole compound is meant
    place_note: str = ""
    category: str = ""  # code
    danger: bool | None = None
    text: str = ""
    photos: tuple[str, ...] = ()  # uids
    told: bool = False  # the page about contact and neighbours was answered
    name: str = ""
    phone: str = ""
    door: str = ""
    hide: bool = False
    public: bool = False
    same_as: str = ""  # number of the case it joins

    @property
    def _answers(self) -> list[Any]:
        """All of them in their order. Plain values: the deep copy of `asdict` would take longer than the signature."""
        return [getattr(self, name) for name in self.__dataclass_fields__]

    @cached_property
    def submission_key(self) -> uuid.UUID:
        """Of exactly these answers: sent twice they are stored once; changed after sending they are a new report."""
        return uuid.uuid5(uuid.UUID(self.key), json.dumps(self._answers))

    @property
    def photo_uids(self) -> list[uuid.UUID]:
        return [uuid.UUID(uid) for uid in self.photos]

    @property
    def has_place(self) -> bool:
        return bool(self.area or self.compound)

    @property
    def token(self) -> str:
        return signing.dumps(self._answers, salt=_SALT, compress=True)

    @property
    def fits(self) -> bool:
        """Whether a browser will keep it."""
        return len(self.token) <= TOKEN_LIMIT

    @classmethod
    def from_token(cls, token: str) -> Self | None:
        """The draft of a token of ours that is not too old."""
        try:
            values: list[Any] = signing.loads(token, salt=_SALT, max_age=KEEP_SECONDS)
        except signing.BadSignature:
            return None
        names = cls.__dataclass_fields__
        if len(values) != len(names):  # written before an update of the portal
            return None
        known = dict(zip(names, values, strict=True))
        return cls(**{**known, "photos": tuple(known["photos"])})

    def having(self, **changes: Any) -> Self:
        return replace(self, **changes)


@dataclass(frozen=True)
class Refusal:
    """What was typed into a step and not taken, and the faults that its form cannot find again by itself."""

    key: str  # of the draft
    step: str
    values: dict[str, str]
    faults: list[tuple[str, str]] = field(default_factory=list)  # of which field ("" for all), in words

    @property
    def token(self) -> str:
        return signing.dumps([self.key, self.step, self.values, self.faults], salt=_REFUSED_SALT, compress=True)

    @classmethod
    def from_token(cls, token: str) -> Self | None:
        """The refusal of a token of ours that is not too old."""
        try:
            key, step, values, faults = signing.loads(token, salt=_REFUSED_SALT, max_age=REFUSED_SECONDS)
        except (signing.BadSignature, ValueError):
            return None
        return cls(key, step, values, [(name, words) for name, words in faults])
