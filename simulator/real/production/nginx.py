"""The real nginx in front of a production server, with a configuration of ours.

What to watch: the settings are those of the model and no others; whatever the model does not have is nginx's default.
"""

import grp
import os
import pwd
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from simulator.real.processes import START_LIMIT_S, Process, running
from simulator.real.production.installed import nginx_binary
from simulator.real.production.start import LOOK_S, SUPERVISOR, TRIES, PortTakenError, free_port, knows, refuse_failed

PAGE = 4096
CONFIGURATION = """daemon off;
worker_processes 1;
{user}pid "{folder}/nginx.pid";
error_log stderr error;
worker_rlimit_nofile 65536;
events {{ worker_connections {both_sides}; }}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path "{folder}/nginx-bodies";
    proxy_temp_path "{folder}/nginx-responses";
    fastcgi_temp_path "{folder}/nginx-1"; uwsgi_temp_path "{folder}/nginx-2"; scgi_temp_path "{folder}/nginx-3";
    server {{
        listen 127.0.0.1:{port} backlog=511;
        location / {{
            {module}_pass {scheme}127.0.0.1:{upstream};
            {module}_connect_timeout {connect_timeout_ms}ms;
            {module}_request_buffering {requests};
            {module}_buffering {responses};
            {module}_buffer_size {page};
            {module}_buffers {buffers} {page};
            {module}_max_temp_file_size {temp_file};
            {module}_next_upstream off;{variables}
        }}
    }}
}}
"""

UWSGI_VARIABLES = (
    *("QUERY_STRING", "REQUEST_METHOD", "CONTENT_TYPE", "CONTENT_LENGTH", "REQUEST_URI", "DOCUMENT_ROOT"),
    *("SERVER_PROTOCOL", "REMOTE_ADDR", "REMOTE_PORT", "SERVER_PORT", "SERVER_NAME"),
)
"""Those of nginx's own file ``uwsgi_params`` that it has by the same name; three have others. Headers
come besides.
"""


def start_nginx(config: Any, upstream: int, nonce: str, folder: Path, stack: ExitStack) -> tuple[Process, int]:
    """Start it in front of a port; it ends with the stack. Returns its own port too. Raises MeasureError."""
    for attempt in range(1, TRIES + 1):
        port = free_port()
        file = folder / f"nginx-{attempt}.conf"
        file.write_text(configuration(config, port, upstream, folder), encoding="utf-8")
        words = [nginx_binary() or "nginx", "-c", str(file), "-p", str(folder), "-e", "stderr"]
        with ExitStack() as this_one:
            process = this_one.enter_context(running("nginx", folder, SUPERVISOR, str(folder), *words))
            try:
                _wait_until_it_passes_on(process, port, nonce)
            except PortTakenError:
                if attempt == TRIES:
                    raise
                continue
            stack.enter_context(this_one.pop_all())
            return process, port
    raise AssertionError("the last attempt returns or raises")


def configuration(config: Any, port: int, upstream: int, folder: Path, protocol: str = "http") -> str:
    """The file; ``config`` are the settings of the model, ``protocol`` is what the server behind understands."""
    lines = [f"{name} ${name.lower()}" for name in UWSGI_VARIABLES]
    lines += ["PATH_INFO $document_uri", "REQUEST_SCHEME $scheme", "HTTPS $https if_not_empty"]
    uwsgi = protocol == "uwsgi"
    return CONFIGURATION.format(
        module="uwsgi" if uwsgi else "proxy",
        scheme="" if uwsgi else "http://",
        variables="".join(f"\n            uwsgi_param {line};" for line in lines) if uwsgi else "",
        user=_user() if os.getuid() == 0 else "",  # else it says that it means nothing
        folder=folder,
        port=port,
        upstream=upstream,
        both_sides=2 * config.connections + 2,
        connect_timeout_ms=max(round(1e3 * config.connect_timeout), 1),
        requests=("off", "on")[config.request_buffering],
        responses=("off", "on")[config.response_buffering],
        page=PAGE,
        buffers=max((config.memory_buffers - PAGE) // PAGE, 2),
        temp_file=config.temp_file and max(config.temp_file, PAGE),
    )


def _user() -> str:
    """Who its worker is: we ourselves, because the folder is ours alone."""
    return f"user {pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name};\n"


def _wait_until_it_passes_on(process: Process, port: int, nonce: str) -> None:
    latest = time.monotonic() + START_LIMIT_S
    while not knows(port, nonce, process):
        refuse_failed(process, LOOK_S, latest)
