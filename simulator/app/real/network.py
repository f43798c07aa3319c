"""What the way to the server already costs: the round trip of 127.0.0.1, which is next to nothing unless somebody made
it longer on purpose (on Linux with netem).

What to watch: clients of a scenario are far away and the server is not, so the driver lets each client wait for its
round trip. Where the network does so itself, and with it repeats what was lost on the way, the driver only adds the
rest.
"""

import socket
from statistics import median
from time import monotonic

TRIES = 9
SHORTEST_S = 0.001
"""A round trip below this is loopback as it is, measured on a busy machine."""
LONGEST_S = 5.0


def network_rtt_s() -> float:
    """Seconds that the packets of a connection on 127.0.0.1 take there and back; 0 where nobody made them wait."""
    taken = []
    with socket.create_server(("127.0.0.1", 0), backlog=TRIES) as listener:
        for _ in range(TRIES):
            begun = monotonic()
            with socket.create_connection(listener.getsockname(), timeout=LONGEST_S):
                taken.append(monotonic() - begun)
    rtt = median(taken)
    return rtt if rtt >= SHORTEST_S else 0.0
