"""What surrounds production servers, without any of them: the supervisor, the command, the accounts, the refusals."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from models.applications.account import FOLDER, Lines
from models.nginx.config import Config as Nginx
from simulator.cli.main import main
from simulator.experiments.production_line import production
from simulator.real.other_programs import members
from simulator.real.processes import MeasureError, running
from simulator.real.production.accounts import Accounts
from simulator.real.production.nginx import configuration
from simulator.real.production.start import SUPERVISOR, command
from simulator.real.production.supervisor import environment

PATIENTLY_S = 20.0


def test_the_command_is_built_from_the_table_and_from_what_was_understood() -> None:
    words = command(production("gunicorn -w 4 -b :80 -k gthread --threads=8 site:app"), 4321)
    assert words == [
        *(sys.executable, "-P", "-m", "gunicorn", "--bind", "127.0.0.1:4321"),
        *("--workers", "4", "--threads", "8", "--worker-class", "gthread", "models.applications.wsgi:application"),
    ]
    assert command(production("waitress-serve --threads 3"), 1)[3:] == [
        *("waitress", "--listen=127.0.0.1:1", "--threads=3", "models.applications.wsgi:application")
    ]
    assert command(production("tornado --processes 2"), 1)[3:] == [
        "models.applications.tornado_server",
        "1",
        "2",
        "128",
    ]


def test_variables_through_which_servers_take_options_are_not_passed_on() -> None:
    given = {"PATH": "/bin", "GUNICORN_CMD_ARGS": "-c evil.py", "WEB_CONCURRENCY": "9", "UVICORN_APP_DIR": "x"}
    assert environment({**given, "UWSGI_INI": "x", "HOME": "/root", FOLDER: "y"}) == {"PATH": "/bin", FOLDER: "y"}


STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() and os.fork():
    print("all here", file=sys.stderr, flush=True)
time.sleep(3600)
"""


@pytest.mark.parametrize("how", ["stdin ends", "SIGTERM", "the program ends"])
def test_whatever_ends_the_supervisor_takes_along_all_that_its_program_has_forked(how: str, tmp_path: Path) -> None:
    script = (
        "import os\nif os.fork(): os._exit(3)\nimport time; time.sleep(3600)" if how == "the program ends" else STUBBORN
    )
    with running("a stubborn program", tmp_path, SUPERVISOR, str(tmp_path), sys.executable, "-c", script) as process:
        latest = time.monotonic() + PATIENTLY_S
        awaited = "ended with exit code 3" if how == "the program ends" else "all here"
        while awaited not in process.said():
            assert time.monotonic() < latest
            time.sleep(0.01)
        if how == "SIGTERM":
            os.kill(process.pid, signal.SIGTERM)
        if how != "stdin ends":
            assert process.has_ended(PATIENTLY_S)
        group = process.pid
    assert members(group) == []


DAEMON = """
import os, sys, time
if os.fork(): time.sleep(3600)
os.setsid()
if os.fork(): os._exit(0)
print("daemon", os.getpid(), file=sys.stderr, flush=True)
time.sleep(3600)
"""


def test_a_daemon_that_has_left_the_group_is_taken_along(tmp_path: Path) -> None:
    with running("a daemon", tmp_path, SUPERVISOR, str(tmp_path), sys.executable, "-c", DAEMON) as process:
        latest = time.monotonic() + PATIENTLY_S
        while not process.said().startswith("daemon "):
            assert time.monotonic() < latest
            time.sleep(0.01)
        daemon = int(process.said().split()[1])
        assert daemon not in members(process.pid)
    with pytest.raises(ProcessLookupError):
        os.kill(daemon, 0)


def test_a_program_that_cannot_be_started_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    with running("a missing program", tmp_path, SUPERVISOR, str(tmp_path), "/no/such/program") as process:
        assert process.has_ended(PATIENTLY_S)
        with pytest.raises(MeasureError, match="No such file"):
            raise process.error("it did not start")


def test_lines_of_an_account_are_there_without_any_system_call_to_write_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    lines = Lines()
    for row in range(30_000):  # more than one file takes
        lines.add(20, f"{row} 10 20 completed handle.1=1.0 respond=1.1 closed=1.2\n".encode())
    told = Accounts(tmp_path, production("gunicorn"))
    assert told.count() == 30_000
    assert sorted(report.row for report in told.read(30_000)) == list(range(30_000))


def wrote(folder: Path, *lines: tuple[int, int, int, float]) -> Accounts:
    """Requests as (row, process, thread, when); each takes a second."""
    for row, process, thread, when in lines:
        text = f"{row} {process} {thread} completed handle.1={when} respond={when + 1} closed={when + 1}\n"
        with (folder / f"{process}-{thread}-1").open("ab") as file:
            file.write(text.encode())
    (folder / "here-1").touch()
    return Accounts(folder, production("gunicorn -w 2 -k gthread --threads 2"))


def test_processes_and_threads_are_counted_in_the_order_in_which_they_first_served(tmp_path: Path) -> None:
    told = wrote(tmp_path, (0, 900, 77, 5.0), (1, 800, 66, 4.0), (2, 900, 78, 5.5))
    assert {report.row: (report.process, report.slot) for report in told.read(3)} == {1: (0, 0), 0: (1, 2), 2: (1, 3)}


def test_a_process_that_takes_the_place_of_a_dead_one_gets_its_number(tmp_path: Path) -> None:
    told = wrote(tmp_path, (0, 900, 1, 1.0), (1, 800, 1, 1.1), (2, 800, 1, 9.0), (3, 999, 1, 5.0))
    assert {report.row: report.process for report in told.read(4)} == {0: 0, 1: 1, 2: 1, 3: 0}


def test_more_processes_than_there_can_be_have_no_number(tmp_path: Path) -> None:
    told = wrote(tmp_path, (0, 1, 1, 1.0), (1, 2, 1, 1.1), (2, 3, 1, 1.2))
    assert {report.row: (report.process, report.slot) for report in told.read(3)} == {0: (0, 0), 1: (1, 2), 2: (-1, -1)}


def test_as_many_threads_as_a_line_may_name_take_no_memory(tmp_path: Path) -> None:
    wrote(tmp_path, (0, 1, 1, 1.0))
    told = Accounts(tmp_path, production("gunicorn -k uvicorn_worker.UvicornWorker --threads 99999999999"))
    assert [(report.process, report.slot) for report in told.read(1)] == [(0, 0)]


def test_a_user_without_a_name_can_start_nginx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    assert "\nuser" not in configuration(Nginx(), 81, 82, tmp_path)


def test_nginx_gets_the_settings_of_the_model_and_folders_of_the_run(tmp_path: Path) -> None:
    text = configuration(Nginx(request_buffering=False, temp_file=0, connect_timeout=0.5), 81, 82, tmp_path)
    for line in ("listen 127.0.0.1:81 backlog=511;", "proxy_pass http://127.0.0.1:82;", "proxy_request_buffering off;"):
        assert line in text
    for line in (
        "proxy_buffering on;",
        "proxy_buffers 8 4096;",
        "proxy_max_temp_file_size 0;",
        "connect_timeout 500ms",
    ):
        assert line in text
    assert f'proxy_temp_path "{tmp_path}/' in text


@pytest.mark.parametrize("line", ["gunicorn -k uvicorn_worker.UvicornWorker", "uwsgi", "waitress-serve"])
def test_a_server_that_is_not_installed_is_refused_with_what_to_type(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.real.production.installed.version_of", lambda _: None)
    assert main(["measure", "--server", line, "--load", "steady"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"-m pip install {' '.join(production(line).kind.needs)}" in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--server", "gunicorn -w 4"], "which load?"),
        (["--server", "guincorn -w 4", "--load", "steady"], "Did you mean gunicorn?"),
        (
            ["coroutine", "--server", "gunicorn", "--load", "steady"],
            "--server gunicorn is prefork: leave coroutine out",
        ),
        (["prefork", "--server", "gunicorn", "--workers", "3", "--load", "steady"], "its own line says it all"),
        (["--server", "gunicorn -c x.py", "--load", "steady"], "gunicorn -c x.py is not passed on"),
    ],
)
def test_a_production_server_and_what_contradicts_it_is_refused(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["measure", *typed]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1
