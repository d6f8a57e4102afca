"""Where static files lie."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Fingerprinted files whose addresses are worked out once: a page asks for hundreds, and they never change."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002 - Django's signature
        key = name or ""
        if key not in self._addresses or force:
            self._addresses[key] = super().url(name, force)
        return self._addresses[key]
