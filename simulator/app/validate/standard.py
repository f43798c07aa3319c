"""The standard set: what ``make validate`` measures, each line as one would type it after ``simulate validate``.

Rates are chosen for two cores: sixteen workers or threads carry 104 of the io-heavy requests a second, one event loop
300; what computes is at 60 % of what two processes can do.
"""

STANDARD = (
    # Mostly waiting, at 30, 60 and 90 % of what each can carry; at 94 a second all four can be put in order.
    "prefork --workers 16 --load io-heavy --rate 31",
    "prefork --workers 16 --load io-heavy --rate 62",
    "prefork --workers 16 --load io-heavy --rate 94",
    "threaded --threads 16 --load io-heavy --rate 31",
    "threaded --threads 16 --load io-heavy --rate 62",
    "threaded --threads 16 --load io-heavy --rate 94",
    "callback --load io-heavy --rate 94",
    "callback --load io-heavy --rate 180",
    "callback --load io-heavy --rate 270",
    "coroutine --load io-heavy --rate 94",
    "coroutine --load io-heavy --rate 180",
    "coroutine --load io-heavy --rate 270",
    # Mostly computing: 1.2 of the two cores.
    "prefork --load cpu-heavy",
    "threaded --processes 2 --load cpu-heavy",
    "callback --processes 2 --load cpu-heavy",
    "coroutine --processes 2 --load cpu-heavy",
    # A few long computations. Under one GIL they make a convoy of threads that otherwise wait, in both accept styles.
    "prefork --workers 16 --load mixed",
    "threaded --threads 16 --load mixed",
    "threaded --threads 16 --accept eager --load mixed",
    "callback --load mixed",
    "coroutine --load mixed",
    # Slow uploads and downloads, alone and behind a buffering proxy.
    "prefork --workers 8 --load slow-clients",
    "prefork --workers 8 --load slow-clients --nginx",
    # Half as much again as four workers can carry, and no room to wait.
    "prefork --backlog 8 --load steady --rate 240 --duration 30s",
)
