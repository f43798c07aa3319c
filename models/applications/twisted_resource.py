"""The application for twisted.web: ``twist web --class=models.applications.twisted_resource.Root``."""

import time
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from models.applications.account import FIELDS, Account, here
from models.wire.syntax import Refused
from models.wire.work import Phase, do


class Root(Resource):  # type: ignore[misc]  # where Twisted is not installed it is Any
    """Every request; its body is whole when the method is called."""

    isLeaf = True  # noqa: N815  (Twisted's name)

    def render(self, request: Any) -> Any:
        """Do its work, answer later."""
        given = {name: request.getHeader(name) for name in FIELDS}
        try:
            account = Account({name: value for name, value in given.items() if value is not None})
        except Refused:
            request.setResponseCode(400)
            return b""
        request.notifyFinish().addBoth(lambda _: account.close())
        Deferred.fromCoroutine(self.serve(request, account))
        return NOT_DONE_YET

    async def serve(self, request: Any, account: Account) -> None:
        """Computing on the reactor, calls that block in a thread."""
        from twisted.internet import reactor

        for n, phase in enumerate(account.job.phases, 1):
            if phase.kind in ("native", "block"):
                again = f"_#{n}" if n > 1 else ""
                account.reach(f"hand_over.{n}")
                account.reach(f"seize_reactor_thread{again}")
                begun, over = await deferToThread(work, phase)
                account.reach(f"handle.{n}_in_reactor_thread", begun)
                account.reach(f"release_reactor_thread{again}", over)
                continue
            account.phase(n)
            if phase.kind == "io":
                await deferLater(reactor, phase.seconds)
            else:
                do(phase)
        account.respond()
        for name, value in account.headers:
            request.setHeader(name, value)
        for piece in account.pieces:
            request.write(piece)
        request.finish()


def work(phase: Phase) -> tuple[float, float]:
    """In a thread; when it began, and when it was over."""
    begun = time.monotonic()
    do(phase)
    return begun, time.monotonic()


here()
