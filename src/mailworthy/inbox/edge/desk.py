"""Judging what comes in, writing its page, and telling of it."""

import asyncio
from collections.abc import Callable

import msgspec

from mailworthy.errors import MailworthyError
from mailworthy.inbox.boxes import Box
from mailworthy.inbox.edge.pages import Folder, Full
from mailworthy.inbox.view import Arrived, View, view
from mailworthy.lookup.drive import Resolver
from mailworthy.message.authres import is_identifier
from mailworthy.names import readable
from mailworthy.receive.authresults import Marking, marking
from mailworthy.receive.engine import Options
from mailworthy.receive.facade import averify
from mailworthy.receive.verdict import Verdict
from mailworthy.render.verdict import document

_TAKEN = "250 2.0.0 judged"
_AT_ONCE = 4


class Told(msgspec.Struct, frozen=True):
    """A mail that was judged: the verdict as text, and where its pages are."""

    box: Box
    text: str
    pages: tuple[str, ...] = ()


class Desk:
    """Judges by `profiles`; `tell` hears of each mail, and pages go to `folder` if there is one."""

    def __init__(
        self,
        resolver: Resolver,
        profiles: tuple[str, ...],
        options: Options,
        tell: Callable[[Told], None],
        *,
        folder: Folder | None = None,
        deadline: float = 20.0,
        server: str = "",
    ) -> None:
        self._resolver, self._profiles, self._options = resolver, profiles, options
        self._tell, self._folder, self._deadline = tell, folder, deadline
        self._server = server
        # Loaded now, so that no mail waits for it.
        self._html, self._json, self._text = map(document, ("html", "json", "text"))
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def take(self, mail: Arrived, boxes: tuple[Box, ...]) -> str:
        """Judge a mail, write its pages and tell of it; what to answer to who brought it."""
        unique = tuple(dict.fromkeys(boxes))
        try:
            return await self._take(mail, unique)
        except Full:
            return "452 4.2.2 this test address has had enough mail"
        except OSError as error:
            why = readable(str(error), 200)
            self._tell(Told(unique[0], f"a mail cannot be judged now: {why}\n"))
            return "451 4.3.0 it cannot be judged now"

    async def _take(self, mail: Arrived, boxes: tuple[Box, ...]) -> str:
        for box in boxes:
            if self._folder is not None:
                self._folder.room(box)
        seen = view(mail)
        if isinstance(seen, str):
            for box in boxes:
                self._tell(Told(box, f"a mail to {box.address} cannot be judged: {seen}\n"))
            return "250 2.0.0 taken, and not judged: it is not known who brought it"
        async with self._slots:
            verdict = await self._judged(seen)
        self._say(mail, boxes, verdict, self._header(seen, verdict))
        return _TAKEN

    async def _judged(self, seen: View) -> Verdict:
        return await averify(
            seen.message,
            seen.envelope,
            resolver=self._resolver,
            now=seen.envelope.received_at,
            profile=self._profiles,
            options=msgspec.structs.replace(self._options, assumptions=seen.assumptions),
            deadline=self._deadline,
        )

    def _header(self, seen: View, verdict: Verdict) -> Marking | None:
        name = seen.server or self._server
        if not is_identifier(name):
            return None
        try:
            return marking(verdict, name, seen.message)
        except MailworthyError:
            return None

    def _say(
        self, mail: Arrived, boxes: tuple[Box, ...], verdict: Verdict, header: Marking | None
    ) -> None:
        for box in boxes:
            pages: tuple[str, ...] = ()
            if self._folder is not None:
                page = self._html(verdict, header=header)
                data = self._json(verdict, header=header)
                pages = (str(self._folder.write(box, mail.at, page, data)),)
            lines = self._text(verdict, header=header)
            self._tell(Told(box, f"\n  To {readable(box.address, 100)}\n{lines}", pages))
