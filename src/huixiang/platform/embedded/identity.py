"""Whom a server runs as: ourselves, or an unprivileged user when we are root (PostgreSQL refuses to run as root)."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

import msgspec

from huixiang.platform.settings import CannotRun


class IdentityError(CannotRun):
    """The user that servers should run as cannot be used. The message says what to do."""


class Identity(msgspec.Struct, frozen=True):
    """The user of server processes. `switch` is true where that is another user than ours."""

    name: str
    uid: int
    gid: int
    switch: bool

    @classmethod
    def for_servers(cls, unprivileged: str) -> Identity:
        """Ourselves, or for root the user named `unprivileged`."""
        if os.geteuid() == 0:
            return cls.of(unprivileged)
        try:
            me = pwd.getpwuid(os.geteuid())
        except KeyError:
            raise IdentityError(
                f"user id {os.geteuid()} has no name on this machine, which PostgreSQL needs; add it to /etc/passwd, "
                "or give HUIXIANG_DATABASE_URL and HUIXIANG_VALKEY_URL"
            ) from None
        return cls(me.pw_name, me.pw_uid, me.pw_gid, switch=False)

    @classmethod
    def of(cls, name: str) -> Identity:
        """Another user than ours. Raises IdentityError where there is none of that name, or it is root."""
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            raise IdentityError(f"there is no user {name!r}; name another with HUIXIANG_SERVER_USER") from None
        if user.pw_uid == 0:
            raise IdentityError("servers cannot run as root; name another user with HUIXIANG_SERVER_USER")
        return cls(user.pw_name, user.pw_uid, user.pw_gid, switch=True)

    def own_directory(self, path: Path) -> None:
        """Make a directory that only this user may enter. An existing one must already be so."""
        path.mkdir(mode=0o700, exist_ok=True)
        if self.switch and path.stat().st_uid == os.geteuid():
            os.chown(path, self.uid, self.gid)
        owner = path.stat().st_uid
        if owner != self.uid:
            raise IdentityError(f"{path} belongs to user id {owner}, the server runs as {self.name} ({self.uid})")

    def can_execute_below(self, directory: Path) -> bool:
        """Whether this user can walk to `directory` and read what other users' files there allow to everybody."""
        if not self.switch:
            return True
        resolved = directory.resolve()
        return all(self._may_enter(step) for step in (resolved, *resolved.parents))

    def _may_enter(self, directory: Path) -> bool:
        facts = directory.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & stat.S_IXGRP)
        return bool(facts.st_mode & stat.S_IXOTH)


def our_name() -> str:
    """The name that the kernel's peer credentials give to our connections."""
    return pwd.getpwuid(os.geteuid()).pw_name
