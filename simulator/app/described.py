"""The deployment that the flags of a command line describe."""

from typing import Any

from simulator.app.catalogue import Model, fronts, servers
from simulator.app.flags import SEPARATOR
from simulator.app.options import RunOptions
from simulator.app.refusal import RefusalError
from simulator.app.sections import section
from simulator.app.simulation import Deployment, configured

Values = dict[str, Any]


def deployment_of(model: Model | None, said: str, given: Values, options: RunOptions) -> Deployment:
    """What the flags describe; ``said`` is what the server's name is typed after."""
    if model is None:
        raise RefusalError(f"which server? Type {said} and one of: {', '.join(each.name for each in servers())}")
    if options.load is None:
        raise RefusalError("which load? Type --load and a name from `simulate list loads`, or the path of a TOML file")
    wanted = [front for front in fronts() if _asked_for(front, given)]
    return Deployment(
        model=model,
        config=configured(model, section(model).given(given)),
        fronts=tuple((front, configured(front, section(front).given(given))) for front in wanted),
        server=_real_server(model, options.server or ""),
    )


def _real_server(model: Model, name: str) -> str:
    """The name again. Raises RefusalError where the model has no such real server."""
    others = [other for other in model.real_servers if other]
    if name and name not in others:
        has = f"besides its first one, {model.name} has {', '.join(others)}" if others else f"{model.name} has only one"
        raise RefusalError(f"--server {name}: no such real server; {has}. Leave --server out for the first one")
    return name


def _asked_for(front: Model, given: Values) -> bool:
    """Whether the front is to stand there. Raises RefusalError for a setting of one that is not."""
    if given.get(front.folder + SEPARATOR):
        return True
    its = section(front)
    for name, value in its.given(given).items():
        raise RefusalError(f"{its.typed(name, value)} is a setting of {front.name}: add --{front.name}")
    return False
