"""A backup is one tar file: the database dump, the uploaded files and, last, a manifest with their checksums."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from launcher.words import Trouble

DUMP = "database.dump"
MEDIA = "media"
MANIFEST = "manifest.json"
FORMAT = 1
KEYS = ("FIELD_KEY", "SECRET_KEY")  # they open contacts and residents' private links, and are in no backup


def key_mark(key: str) -> str:
    """Tells whether two portals use the same key, and tells nothing about the key."""
    return hashlib.sha256(b"mulin backup mark:" + key.encode()).hexdigest()[:16]


def marks_of(env: Mapping[str, str]) -> dict[str, str]:
    """The mark of each of these keys."""
    return {name: key_mark(env.get(name, "")) for name in KEYS}


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    made_at: str
    marks: dict[str, str]  # of `KEYS`; of FIELD_KEY alone in older backups
    files: dict[str, str]

    def made_with_other(self, env: Mapping[str, str]) -> list[str]:
        """Which of the keys it was made with are not those of this environment."""
        return [name for name, mark in marks_of(env).items() if self.marks.get(name, mark) != mark]


def pack(target: Path, dump: Path, media: Path, made_at: str, marks: dict[str, str]) -> None:
    """Writes the archive beside its name and renames it: a half-written backup never looks like a whole one."""
    fresh = target.with_name(target.name + ".part")
    checksums: dict[str, str] = {}
    with tarfile.open(fresh, "w") as archive:
        for name, path in [(DUMP, dump), *_media_files(media)]:
            checksums[name] = _add(archive, name, path)
        about = {"format": FORMAT, "made_at": made_at, "keys": marks, "files": checksums}
        body = json.dumps(about, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(body)
        archive.addfile(entry, io.BytesIO(body))
    fresh.replace(target)


def verify(source: Path) -> Manifest:
    """Reads the whole archive once and compares every file with the manifest before anything is touched."""
    try:
        with tarfile.open(source, "r:") as archive:
            found = {member.name: _sum_of(archive, member) for member in archive if member.name != MANIFEST}
            manifest = _manifest(archive)
    except FileNotFoundError:
        raise Trouble(f"There is no backup {source}.", f"找不到备份文件 {source}。") from None
    except (tarfile.TarError, KeyError, ValueError, EOFError):
        raise damaged(source) from None
    files = manifest.files
    if found != files or DUMP not in files or any(not _is_ours(name) for name in files):
        raise damaged(source)
    return manifest


def manifest_of(source: Path) -> Manifest:
    """What a backup that was verified before says about itself; nothing else is read."""
    with tarfile.open(source, "r:") as archive:
        return _manifest(archive)


def _manifest(archive: tarfile.TarFile) -> Manifest:
    about = json.loads(_content(archive, MANIFEST).read())
    marks = about["keys"] if "keys" in about else {"FIELD_KEY": about["key"]}
    return Manifest(about["made_at"], dict(marks), dict(about["files"]))


def damaged(source: Path) -> Trouble:
    """The sentence for a backup whose checksums do not match."""
    return Trouble(
        f"The backup {source} is damaged: its checksums do not match. Nothing was changed.",
        f"备份文件 {source} 已损坏（校验和不符），未做任何更改。",
    )


def unpack(source: Path, folder: Path) -> None:
    """Into an empty folder; the data filter refuses paths that lead outside."""
    with tarfile.open(source, "r:") as archive:
        archive.extractall(folder, filter="data")
    (folder / MEDIA).mkdir(exist_ok=True)


def _media_files(media: Path) -> list[tuple[str, Path]]:
    files = sorted(path for path in media.rglob("*") if path.is_file() and not path.is_symlink())
    return [(f"{MEDIA}/{path.relative_to(media).as_posix()}", path) for path in files]


def _is_ours(name: str) -> bool:
    return name == DUMP or (name.startswith(MEDIA + "/") and ".." not in name.split("/"))


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """The checksum is of the bytes that were written, even if the file changes at the same time."""
    entry = archive.gettarinfo(str(path), name)
    entry.mtime = int(entry.mtime)  # fractions would add a second header to each file
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    with path.open("rb") as file:
        reader = _Summing(file)
        archive.addfile(entry, reader)
    return reader.digest.hexdigest()


class _Summing:
    """A reader that adds up a checksum on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._read: Callable[[int], bytes] = file.read

    def read(self, size: int = -1) -> bytes:
        chunk = self._read(size)
        self.digest.update(chunk)
        return chunk


def _content(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file


def _sum_of(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    if not member.isfile():
        return "not a file"
    digest = hashlib.sha256()
    with _content(archive, member.name) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
