"""What kinds of clients and requests are called, for whoever reads: those of the shipped scenarios in any language.

What to watch: this is for reading only. In files, in flags such as ``--set clients.phone.share=0.5`` and in results for
programs a kind keeps the name that its scenario gives it, and so does any kind that no shipped scenario knows.
"""

from simulator.words.language import later, translated

CALLED = frozenset(
    (
        later("any"),
        later("browser"),
        later("impatient"),
        later("office"),
        later("patient"),
        later("balancer"),
        later("phone"),
        later("detail"),
        later("list"),
        later("export"),
        later("login"),
        later("page"),
        later("photo"),
        later("picture"),
        later("probe-async"),
        later("probe-def"),
        later("render"),
        later("report"),
        later("search"),
    )
)


def kind_name(name: str) -> str:
    """In the language of now."""
    return translated(name) if name in CALLED else name
