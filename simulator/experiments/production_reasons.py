"""Why an option of a server is not modelled: it cannot matter here, or it does, and this is what it would change.

What to watch: the tables of options name these reasons by their keys; a sentence is about a whole group of options.
"""

from collections.abc import Mapping

from simulator.words.language import later

HARMLESS: Mapping[str, str] = {
    "address": later("nothing listens in a simulation"),
    "application": later("requests come from the load, not from an application"),
    "endpoints": later(
        "requests come from the load, and endpoints are taken for async def; of those in plain def, which run in "
        "threads: --model offloading --hand-over whole"
    ),
    "uwsgi-socket": later("nothing listens in a simulation; nginx, which speaks uwsgi to it, is --nginx"),
    "variable": later("a variable that the server does not read"),
    "own": later("options of the program itself, which are not known here"),
    "prefix": later("it starts the server, and has no part in serving"),
    "no-effect": later("it has no effect with this kind of worker"),
    "overridden": later("it is said again behind it, and the last one counts"),
    "startup": later("it is about starting, and all is up before the first request comes"),
    "shutdown": later("it is about stopping, and nobody stops the server"),
    "reload": later("nobody changes files while requests come"),
    "identity": later("it says under which name and user processes run"),
    "logs": later("it is about what is written down, and not counted here"),
    "monitoring": later("it is about who watches the server"),
    "headers": later("it is about what stands in heads of requests and responses"),
    "heads": later("no request here has a head that is too large"),
    "websockets": later("no request here is a websocket"),
    "buffers": later("it changes in which pieces bytes are moved, not how many"),
    "files-sent": later("requests come from the load, and none is for a file"),
    "workers": later("workers are as they would be without it"),
    "accept": later("it changes how idle workers are woken, and any of them takes the connection here"),
    "loop": later("it changes how its loop waits, not what it does"),
    "idle-threads": later("a thread that waits for work costs nothing here"),
}
"""Options that make no difference."""

MATTERS: Mapping[str, str] = {
    "worker-timeout": later(
        "a worker that its master does not hear of for so long would be killed: of class sync one whose request takes "
        "longer, of the others one that hangs as a whole"
    ),
    "harakiri": later("a process with a request that takes longer would be killed, with all that its threads do"),
    "recycle": later("workers would be replaced after a while; until the new one is up, fewer serve"),
    "keep-alive": later("connections would be kept for further requests; here each request has one of its own"),
    "silent": later("a client that is silent for so long would be cut off; here it is waited for"),
    "limit": later("beyond so many at once the server would answer 503; here everybody waits"),
    "healthcheck": later("a process that does not answer its parent for so long would be killed"),
    "bodies": later("a larger body would be refused; here all are taken"),
    "tls": later("encrypting costs computing and round trips, and is not modelled"),
    "http2": later("one connection would carry several requests at once; here each has one of its own"),
    "file": later("what stands in there is not read; type its options on the line"),
    "code": later("it has code run that is not known here"),
    "costs": later("the server would need more or less computing than its profile says"),
    "scaling": later("the number of processes would change with the load; here it stays"),
    "router": later("a process of its own would take connections in, and pass them on: the backlog would hardly fill"),
    "offload": later("threads of their own would send files and large responses, and the worker would be free sooner"),
    "other-work": later("what else it does would take its share of the cores"),
    "cache": later("answers from a cache would cost nearly nothing; here all requests reach the application"),
    "routes": later("rules would answer some requests before the application does"),
    "static": later("files would be sent without the application; here all requests reach it"),
    "instances": later("other instances of the server would come and go, from files that are not read"),
    "affinity": later("processes would keep to some of the cores; here each runs on any"),
    "memory": later("memory is not modelled, and nobody is killed for having too much"),
    "instrumented": later("it watches every request from inside, and computes for that"),
    "nearest": later("this kind of worker is modelled by the nearest that there is"),
    "borrowed-costs": later("what it costs has not been measured; it has the costs of the server that is most like it"),
    "threads-started": later(
        "each connection has a thread of its own, of which there are 1000 here at most; what starting one costs is not "
        "counted"
    ),
    "prefetch": later("tasks would be fetched before there is somebody to do them"),
    "task-limits": later("a task that takes longer would be ended"),
    "queues": later("which tasks come, and where their results go, is not modelled"),
}
"""Options that would make one."""

REASONS: Mapping[str, str] = {**HARMLESS, **MATTERS}
