"""Email through a mail server, by the standard library in a thread.

A mail server cannot be asked. The stable id is the Message-ID, by which mailboxes drop a second copy.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from huixiang.messaging.adapters.settings import SmtpServer
from huixiang.messaging.model import Answer, MessageClass, Outcome, Parcel

TIMEOUT_S = 8.0


class Smtp:
    name = "smtp"

    def __init__(self, settings: SmtpServer) -> None:
        self._settings = settings

    async def send(self, parcel: Parcel) -> Answer:
        try:
            message = self.compose(parcel)
        except ValueError:
            return Answer(Outcome.REFUSED, "malformed")
        return await asyncio.to_thread(self._hand_over, parcel.address, message.as_bytes(policy=SMTP))

    async def ask(self, parcel: Parcel) -> Answer:  # noqa: ARG002 - the port has it
        return Answer(Outcome.UNTELLABLE)

    async def close(self) -> None:
        """Each message has a connection of its own."""

    def compose(self, parcel: Parcel) -> EmailMessage:
        """Raises ValueError for a header with a line break, which would begin another."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._settings.sender
        message["To"] = parcel.address
        message["Subject"] = parcel.content.title or parcel.content.text.splitlines()[0][:128]
        message["Date"] = format_datetime(parcel.created_at)
        message["Message-ID"] = f"<{parcel.message_id}@{self._settings.sender.rpartition('@')[2].rstrip('>')}>"
        service = parcel.message_class is MessageClass.SERVICE
        message["Auto-Submitted" if service else "Precedence"] = "auto-generated" if service else "bulk"
        message.set_content(parcel.content.text, charset="utf-8", cte="base64")
        return message

    def _hand_over(self, address: str, message: bytes) -> Answer:
        """Blocking. Until the message itself is on its way nothing can have been taken."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return Answer(Outcome.NOT_TAKEN, type(error).__name__)
        with suppress(OSError, smtplib.SMTPException), server:
            try:
                for code, _ in (server.mail(_bare(self._settings.sender)), server.rcpt(address)):
                    if code >= 400:
                        return _refused(code)
            except (OSError, smtplib.SMTPException) as error:
                return Answer(Outcome.NOT_TAKEN, type(error).__name__)
            try:
                code, _ = server.data(message)
            except smtplib.SMTPDataError as error:
                return _refused(error.smtp_code)
            except (OSError, smtplib.SMTPException) as error:
                return Answer(Outcome.UNKNOWN, type(error).__name__)
            return Answer(Outcome.TAKEN, str(code)) if code < 400 else _refused(code)
        return Answer(Outcome.UNKNOWN, "closed")

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        tls = ssl.create_default_context()
        server: smtplib.SMTP
        if settings.security == "tls":
            server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_S, context=tls)
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_S)
        try:
            if settings.security == "starttls":
                server.starttls(context=tls)
            if settings.username is not None and settings.password is not None:
                server.login(settings.username, settings.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server


def _refused(code: int) -> Answer:
    return Answer(Outcome.REFUSED if code >= 500 else Outcome.NOT_TAKEN, f"smtp_{code}")


def _bare(sender: str) -> str:
    """The address of `Name <address>`."""
    return sender.rpartition("<")[2].rstrip(">")
