"""The options of production servers, as their own help has them.

What to watch: each is in one of four groups: what sets the model, what is passed on, what is left out because we decide
it or it makes no difference, and what is refused.
"""

from collections.abc import Iterator

from simulator.experiments.production import Does, Option, Takes
from simulator.words.language import later

NO_TLS = later("TLS is not modelled")
NO_FILE = later("it names a file, and only what stands on the line is measured")
NO_LIMIT = later("a limit that answers 503 is not modelled")
NO_KIND = later("this kind of worker is not modelled yet")
NO_SCALING = later("a number of processes that changes is not modelled")


def _all(takes: Takes, does: Does, names: str, why: str = "", words: str = "") -> Iterator[Option]:
    """Options alike: separated by blanks, the names of one by slashes."""
    for each in names.split():
        yield Option(names=tuple(each.split("/")), takes=takes, does=does, why=why, words=tuple(words.split()))


def _setting(role: str, names: str) -> Option:
    return Option(names=tuple(names.split("/")), takes="whole", does="setting", role=role)


GUNICORN = (
    _setting("processes", "-w/--workers"),
    _setting("threads", "--threads"),
    _setting("connections", "--worker-connections"),
    _setting("backlog", "--backlog"),
    Option(
        names=("-k", "--worker-class"),
        takes="word",
        does="setting",
        role="kind",
        words=("sync", "gthread", "uvicorn_worker.UvicornWorker", "uvicorn.workers.UvicornWorker"),
    ),
    *_all("whole", "kept", "-t/--timeout --graceful-timeout --keep-alive --max-requests --max-requests-jitter"),
    *_all("whole", "kept", "--limit-request-line --limit-request-fields --limit-request-field_size"),
    *_all("", "kept", "--no-sendfile"),
    Option(names=("--reuse-port",), does="setting", gives=("sharing", "reuseport")),  # each worker makes its own socket
    *_all("any", "left out", "-b/--bind -p/--pid -u/--user -g/--group -m/--umask -n/--name --log-level"),
    *_all("any", "left out", "--access-logfile --error-logfile/--log-file --access-logformat --forwarded-allow-ips"),
    *_all("any", "left out", "--log-syslog-to --log-syslog-prefix --log-syslog-facility --worker-tmp-dir"),
    *_all("any", "left out", "--control-socket --control-socket-mode --reload-engine --reload-extra-file"),
    *_all("any", "left out", "--statsd-host --statsd-prefix --dogstatsd-tags --proxy-allow-from --uwsgi-allow-from"),
    *_all("", "left out", "-D/--daemon --preload --reload --capture-output --log-syslog --initgroups --spew"),
    *_all("", "left out", "-R/--enable-stdio-inheritance --disable-redirect-access-to-syslog --check-config"),
    *_all("", "left out", "--print-config --no-control-socket --enable-backlog-metric"),
    *_all("any", "refused", "-c/--config --log-config --log-config-json", NO_FILE),
    *_all("any", "refused", "-e/--env --chdir --pythonpath --paste/--paster --paste-global --logger-class"),
    *_all("any", "refused", "--dirty-app --dirty-workers --http-parser --protocol --proxy-protocol"),
    *_all("any", "refused", "--keyfile --certfile --ssl-version --cert-reqs --ca-certs --ciphers", NO_TLS),
)
UVICORN = (
    _setting("processes", "--workers"),
    _setting("backlog", "--backlog"),
    *_all("whole", "kept", "--timeout-keep-alive --timeout-graceful-shutdown --h11-max-incomplete-event-size"),
    *_all("whole", "kept", "--limit-max-requests --limit-max-requests-jitter --timeout-worker-healthcheck"),
    *_all("word", "kept", "--loop", words="auto asyncio uvloop"),
    *_all("word", "kept", "--http", words="auto h11 httptools"),
    *_all("word", "kept", "--lifespan", words="auto on off"),
    *_all("", "kept", "--access-log --no-access-log --proxy-headers --no-proxy-headers --server-header"),
    *_all("", "kept", "--no-server-header --date-header --no-date-header"),
    *_all("any", "left out", "--host --port --uds --fd --log-level --root-path --forwarded-allow-ips --interface"),
    *_all("any", "left out", "--reload-dir --reload-include --reload-exclude --reload-delay --ws --ws-max-size"),
    *_all("any", "left out", "--ws-max-queue --ws-ping-interval --ws-ping-timeout --ws-per-message-deflate"),
    *_all("", "left out", "--reload --use-colors --no-use-colors --factory"),
    *_all("any", "refused", "--env-file --log-config", NO_FILE),
    *_all("any", "refused", "--app-dir --header"),
    *_all("any", "refused", "--limit-concurrency", NO_LIMIT),
    *_all(
        "any", "refused", "--ssl-keyfile --ssl-certfile --ssl-keyfile-password --ssl-version --ssl-cert-reqs", NO_TLS
    ),
    *_all("any", "refused", "--ssl-ca-certs --ssl-ciphers", NO_TLS),
)
UWSGI = (
    _setting("processes", "-p/--processes/--workers"),
    _setting("threads", "--threads"),
    _setting("backlog", "-l/--listen"),
    *_all("whole", "kept", "-t/--harakiri -R/--max-requests -b/--buffer-size -z/--socket-timeout --post-buffering"),
    *_all("whole", "kept", "--post-buffering-bufsize --max-requests-delta --worker-reload-mercy --reload-mercy"),
    *_all("", "kept", "-M/--master -T/--enable-threads -i/--single-interpreter --thunder-lock -L/--disable-logging"),
    *_all("", "kept", "--reuse-port --tcp-nodelay"),  # a flag on the one socket that all its processes have
    *_all("any", "left out", "-s/--socket --http --http-socket --uwsgi-socket --http11-socket -w/--module/--wsgi"),
    *_all("any", "left out", "--wsgi-file/--file --callable --pidfile --safe-pidfile --uid --gid -C/--chmod-socket"),
    *_all("any", "left out", "--chown-socket -d/--daemonize --daemonize2 --logto --logto2 --log-format --procname"),
    *_all("any", "left out", "--procname-prefix --log-maxsize --stats --touch-reload --py-autoreload --umask"),
    *_all("", "left out", "--need-app --lazy-apps --lazy --vacuum --die-on-term --auto-procname --log-master --strict"),
    *_all("", "left out", "-m/--memory-report --no-orphans --log-date"),
    *_all(
        "any", "refused", "--ini --yaml/--yml/-y --xml/-x --json --config --env --include --inherit --set/-S", NO_FILE
    ),
    *_all("any", "refused", "--chdir --pythonpath/--pp/--python-path -H/--virtualenv/--venv/--home --plugin/--plugins"),
    *_all("any", "refused", "--import --shared-import --exec-asap --exec-pre-app --exec-as-user --hook-asap --eval"),
    *_all("any", "refused", "--hook-pre-app --hook-post-app --hook-post-fork --hook-accepting --attach-daemon"),
    *_all("any", "refused", "--smart-attach-daemon --mule --spooler/-Q --cron --emperor --mount --python --pyrun"),
    *_all("any", "refused", "--gevent --async --asyncio --tornado --ugreen", NO_KIND),
    *_all("any", "refused", "--cheaper --cheaper-initial --cheaper-algo --cheaper-step", NO_SCALING),
    *_all("any", "refused", "--https --https-socket", NO_TLS),
)
WAITRESS = (
    _setting("threads", "--threads"),
    _setting("connections", "--connection-limit"),
    _setting("backlog", "--backlog"),
    *_all("whole", "kept", "--recv-bytes --send-bytes --outbuf-overflow --outbuf-high-watermark --inbuf-overflow"),
    *_all("whole", "kept", "--cleanup-interval --channel-timeout --max-request-header-size --max-request-body-size"),
    *_all("whole", "kept", "--asyncore-loop-timeout --channel-request-lookahead"),
    *_all("", "kept", "--asyncore-use-poll --no-asyncore-use-poll"),
    *_all("any", "left out", "--host --port --listen --unix-socket --unix-socket-perms --url-scheme --url-prefix"),
    *_all("any", "left out", "--ident --trusted-proxy --trusted-proxy-count --trusted-proxy-headers"),
    *_all("", "left out", "--ipv4 --ipv6 --no-ipv4 --no-ipv6 --expose-tracebacks --no-expose-tracebacks"),
    *_all("", "left out", "--log-untrusted-proxy-headers --clear-untrusted-proxy-headers --log-socket-errors"),
    *_all("any", "left out", "--app"),
    *_all("", "refused", "--call"),
)
TORNADO = (_setting("processes", "--processes"), _setting("backlog", "--backlog"))
AIOHTTP = (_setting("backlog", "--backlog"),)
