"""A request's work in a coroutine: for all servers with an event loop of asyncio."""

import asyncio

from models.applications.account import Account
from models.wire.work import do


async def work(account: Account) -> None:
    """Do the phases one after another: ``io`` awaits, whatever else there is holds the loop."""
    for number, phase in enumerate(account.job.phases, 1):
        account.phase(number)
        if phase.kind == "io":
            await asyncio.sleep(phase.seconds)
        else:
            do(phase)
    account.respond()
