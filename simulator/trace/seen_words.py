"""Which places of a measured run were seen from inside its server, and which only from its clients, in words.

What to watch: our own servers report every place. A production server does not: its application sees its own phases,
the driver sees connecting, the last byte of the request and the end. What neither sees is nan in the trace.
"""

import json
from collections.abc import Iterator, Mapping

from simulator.words.language import tell

SERVER = "server"
"""The label that names the server."""
SEEN = "seen"
"""The label that says it: JSON, lists of places under ``inside``, ``outside`` and ``unseen``."""


def seen_words(labels: Mapping[str, str]) -> Iterator[str]:
    """What a reader of the summary has to know; nothing where everything was seen."""
    if SEEN not in labels or not json.loads(labels[SEEN])["unseen"]:
        return
    yield tell(
        "A production server tells nothing: what happened in its application was seen there, everything else only from "
        "its clients. So what lies between connecting and the application counts as waiting in the backlog, and "
        "handing the response over as work of the application."
    )
