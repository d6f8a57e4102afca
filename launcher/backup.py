"""Backs up and restores database and uploads. The backup container runs it by itself: `python -m launcher.backup`."""

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from launcher import archive
from launcher.postgres import find_binaries
from launcher.words import Trouble, disk_full, one_sentence, say

KEEP = 14
# In one transaction with the data: either the whole backup is in place or nothing has changed.
# The time-out: with FORCE a portal may still be running, and its locks must not hold us for ever.
EMPTY = """
SET lock_timeout = '60s';
DROP SCHEMA public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def main() -> None:
    """`create`, or `restore FILE`; anything else is refused with the usage."""
    os.umask(0o077)  # a backup holds everything
    with one_sentence():
        if sys.argv[1:2] == ["create"]:
            create(Path(os.environ.get("BACKUP_DIR") or "backups"))
        elif sys.argv[1:2] == ["restore"] and len(sys.argv) == 3:
            restore(Path(sys.argv[2]))
        else:
            raise Trouble("Usage: python -m launcher.backup create | restore FILE", "用法：create 或 restore 文件")


def create(folder: Path) -> Path:
    """One new file; the oldest beyond KEEP go, and only after the new one is complete."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for leftover in folder.glob("mulin-*.tar.part"):
        leftover.unlink()
    now = datetime.now(UTC)
    target = folder / f"mulin-{now:%Y%m%dT%H%M%SZ}.tar"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".dump-") as work:
        dump = Path(work) / archive.DUMP
        # The database first: an upload that arrives meanwhile is then surplus and never missing.
        _postgres_tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        marks = archive.marks_of(os.environ)
        archive.pack(target, dump, media_folder(), now.isoformat(timespec="seconds"), marks)
    _drop_old(folder)
    say(f"Backup: {target} ({target.stat().st_size // 1024} KiB)", "备份完成。")
    return target


def restore(source: Path) -> None:
    """Checks everything first, then replaces the database in one transaction, then the uploads."""
    manifest = archive.verify(source)
    if os.environ.get("FORCE") != "1":
        _refuse_other_keys(manifest)
    media = media_folder()
    media.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.parent, prefix=".restore-") as work:
        archive.unpack(source, Path(work))
        _replace_database(Path(work) / archive.DUMP)
        _replace_media(Path(work), media)
    say(f"Restored the backup of {manifest.made_at}.", "恢复完成。")


def _refuse_other_keys(manifest: archive.Manifest) -> None:
    others = manifest.made_with_other(os.environ)
    if "FIELD_KEY" in others:
        raise Trouble(
            "The backup was made with another FIELD_KEY, so contacts could not be read: "
            "put the old keys into the environment or .local/env, or use FORCE=1.",
            "备份使用了不同的 FIELD_KEY，联系方式将无法解密：请填回原密钥，或使用 FORCE=1。",
        )
    if others:
        raise Trouble(
            "The backup was made with another SECRET_KEY, so residents' private links in new messages would not open: "
            "put the old keys into the environment or .local/env, or use FORCE=1.",
            "备份使用了不同的 SECRET_KEY，今后发给居民的私人链接将打不开：请填回原密钥，或使用 FORCE=1。",
        )


def media_folder() -> Path:
    """Where uploads are, by the same settings as the portal's."""
    return Path(os.environ.get("MEDIA_ROOT") or Path(os.environ.get("LOCAL_DIR") or ".local") / "media")


def _replace_database(dump: Path) -> None:
    script = dump.with_name("restore.sql")
    _postgres_tool("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump), connect=False)
    # deferred foreign keys and triggers come after the data in the script, so its order is safe
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _postgres_tool("psql", *options, "--command", EMPTY, "--file", str(script))


def _replace_media(work: Path, media: Path) -> None:
    """Two renames: the old uploads are away only for a moment and deleted last."""
    if media.is_dir() and os.path.ismount(media):
        _replace_content(work, media)  # a container's volume cannot be renamed
        return
    if media.exists():
        media.rename(work / "replaced")
    (work / archive.MEDIA).rename(media)


def _replace_content(work: Path, media: Path) -> None:
    for entry in media.iterdir():
        if entry != work:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(work / archive.MEDIA, media, dirs_exist_ok=True)


def _drop_old(folder: Path) -> None:
    keep = os.environ.get("KEEP") or str(KEEP)
    if not keep.isdigit() or int(keep) < 1:
        raise Trouble("KEEP must be a number of backups, at least 1.", "KEEP 必须是至少为 1 的备份份数。")
    for old in sorted(folder.glob("mulin-*.tar"))[: -int(keep)]:
        old.unlink()


def _postgres_tool(name: str, *arguments: str, connect: bool = True) -> None:
    """The password travels in the environment: a command line is readable by everybody on the machine."""
    program = shutil.which(name, path=str(find_binaries(Path(sys.prefix)))) or name
    url, password = split_password(os.environ.get("DATABASE_URL", ""))
    target = [f"--dbname={url}"] if connect else []
    env = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run([program, *target, *arguments], env=env, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode == 0:
        return
    if "No space left" in done.stderr:
        raise disk_full()
    lines = done.stderr.strip().splitlines() or ["no reason was given"]
    reason = next((line for line in lines if "error:" in line.lower()), lines[-1])
    raise Trouble(f"{name} failed: {reason}", f"{name} 执行失败，原因见上一行。")


def split_password(url: str) -> tuple[str, str]:
    """An address for PostgreSQL's own tools, and the password apart."""
    parts = urlsplit(url)
    password = unquote(parts.password or "")
    place = parts.netloc.rpartition("@")
    user = place[0].partition(":")[0]
    netloc = f"{user}@{place[2]}" if user else place[2]
    return urlunsplit(("postgresql", netloc, parts.path, parts.query, "")), password


if __name__ == "__main__":
    main()
