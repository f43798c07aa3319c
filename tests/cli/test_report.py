"""The summary can be read anywhere: 80 columns, no colours, a pipe, a terminal without Unicode."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from simulator.experiments.catalogue import servers
from simulator.results.report_tables import TIMES, split_bar
from simulator.words.numbers import duration, percent, three_digits, unit_for
from simulator.workload.load import shipped

ROOT = Path(__file__).parents[2]

SERVERS = tuple(model.name for model in servers())


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("front", [(), ("--nginx",)], ids=["alone", "behind nginx"])
def test_no_line_is_longer_than_80_cells(server: str, front: tuple[str, ...], simulate: Any, load: Path) -> None:
    done = simulate("--model", server, "--load", load, *front)
    assert done.code == 0
    assert max(map(cell_len, done.out.splitlines())) <= 80
    assert "\x1b" not in done.out


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_load_fits_and_says_why(name: str, simulate: Any) -> None:
    done = simulate("--model", "prefork", "--load", name)
    assert done.code == 0
    assert max(map(cell_len, done.out.splitlines())) <= 80
    lines = done.out.splitlines()
    assert lines[lines.index("Why") + 1].startswith(" ▌ ")


def test_it_says_what_was_run(simulate: Any, load: Path) -> None:
    out = simulate("--model", "prefork", "--load", load, "--workers", "3", "--nginx").out
    assert "A small load 小" in out
    assert "Two kinds of requests." in out
    assert "prefork  workers 3 · backlog 2048" in out
    assert "behind nginx  request buffering" in out
    assert "open loop · 3 s, first 500 ms not measured · 2 cores · seed 7 · kernel engine" in out


def test_a_long_line_of_settings_is_broken_between_settings(simulate: Any, load: Path) -> None:
    lines = simulate("--model", "threaded", "--load", load, "--nginx").out.splitlines()
    start, end = (next(i for i, line in enumerate(lines) if line.startswith(word)) for word in ("threaded", "open"))
    broken = [line for line in lines[start:end] if line.endswith("·")]
    assert len(broken) == 2
    assert lines[start + 1] == "backlog 2048 · sharing warm"
    assert lines[end - 1].startswith("memory buffers")


def test_figures_stand_under_one_another_whatever_the_names_are_written_in(simulate: Any, load: Path) -> None:
    lines = simulate("--model", "prefork", "--load", load).out.splitlines()
    start = next(number for number, line in enumerate(lines) if "samples" in line)
    rows = [line for line in lines[start : start + 4] if not line.strip().startswith("*")]
    points = [[cell_len(line[:i]) for i, character in enumerate(line) if character == "."] for line in rows[1:]]
    assert len(points) == 3  # page, 上传图片, all
    assert len(points[0]) == 7
    assert points[0] == points[1] == points[2]


def test_a_percentile_of_few_samples_is_marked_and_explained(simulate: Any, load: Path) -> None:
    out = simulate("--model", "prefork", "--load", load).out
    row = next(line for line in out.splitlines() if line.strip().startswith("all"))
    assert row.count("*") == 3  # p95, p99 and p99.9 of about a hundred requests
    assert "* fewer than ten samples above it" in out


def test_the_summary_shows_the_figures_of_the_document(simulate: Any, load: Path) -> None:
    flags = ("--model", "prefork", "--load", load)
    out, found = simulate(*flags).out, json.loads(simulate(*flags, "--json", "-").out)
    latency = found["latency_ms"]
    assert f"{latency['p50']:.1f}" in out
    assert f"{latency['max']:.1f}" in out
    assert f"{found['requests']['offered']} offered · {found['requests']['completed']} completed" in out
    assert all(" ".join(sentence.split()[:4]) in out for sentence in found["diagnosis"])
    for name, resource in found["resources"].items():
        size = resource["size"] - (resource["kind"] == "backlog")  # the one that was set
        assert f"{name} {TIMES}{size:,.0f}".replace(",", " ") in out


def test_what_arrives_is_the_same_figure_in_the_sentence_and_below_it(simulate: Any) -> None:
    flags = ("--model", "prefork", "--load", "slow-clients", "--rate", "140", "--duration", "20s")
    out = " ".join(simulate(*flags).out.split())
    assert re.findall(r"([\d.]+) requests/s arrive", out) == re.findall(r"offered ([\d.]+)/s", out) != []


def test_a_failure_is_counted_by_its_reason(simulate: Any, load: Path) -> None:
    out = simulate("--model", "dev-server", "--load", load, "--rate", "200").out
    assert "failed: client gave up" in out


def test_failures_are_told_apart_by_class_and_by_client(simulate: Any, tmp_path: Path) -> None:
    """The logins stop the loop for so long that the probe finds the server dead, while those who log in just wait."""
    path = tmp_path / "logins.toml"
    path.write_text(LOGINS, encoding="utf-8")
    flags = ("--model", "coroutine", "--load", path)
    out = " ".join(simulate(*flags).out.split())
    found = json.loads(simulate(*flags, "--json", "-").out)
    assert found["classes"]["login"]["failed"] == {}
    failed = found["classes"]["health"]["failed"]["client gave up"]
    assert failed == found["clients"]["probe"]["failed"]["client gave up"] > 0
    assert found["requests"]["failed"] == {"client gave up": failed}
    offered = found["classes"]["health"]["offered"]
    assert f"failed by class: health {failed} of {offered} (" in out
    assert f"failed by client: probe {failed} of {offered} (" in out


def test_where_there_is_one_class_and_one_client_failures_are_not_split(simulate: Any) -> None:
    out = simulate("--model", "dev-server", "--load", "steady", "--rate", "200", "--duration", "10 s").out
    assert "failed: " in out
    assert "failed by" not in out


LOGINS = """
title = "Logins"
duration = "20 s"
[arrivals]
kind = "constant"
rate = 2
[[requests]]
name = "login"
steps = [{cpu = "1300 ms"}]
clients = ["user"]
[[requests]]
name = "health"
steps = [{cpu = "1 ms"}]
clients = ["probe"]
[[clients]]
name = "user"
[[clients]]
name = "probe"
patience = "1 s"
"""


def test_clients_who_have_a_number_of_requests_to_make_are_measured_to_the_end(simulate: Any, tmp_path: Path) -> None:
    """`ab -c 5 -n 10` at four workers that wait 10 s for each: three rounds, the last one of two."""
    path = tmp_path / "ab.toml"
    path.write_text(AB, encoding="utf-8")
    flags = ("--model", "prefork", "--load", path)
    found = json.loads(simulate(*flags, "--json", "-").out)
    assert found["window_ends_with"] == "last request"
    assert found["window_s"]["end"] == pytest.approx(30.0, abs=0.1)
    assert found["throughput_rps"] == pytest.approx(10 / 30, rel=0.01)
    assert found["bottleneck"]["ms_each"] == pytest.approx(10_000.0, rel=0.001)
    assert ", when the last request was through" in simulate(*flags).out


AB = """
title = "ab -c 5 -n 10"
duration = "60 s"
[arrivals]
kind = "closed"
clients = 5
requests = 10
think = "0 s"
[[requests]]
name = "slow"
steps = [{io = "10 s"}]
[[clients]]
name = "ab"
"""


def test_workers_that_accept_only_when_idle_have_the_backlog_for_a_queue(simulate: Any, load: Path) -> None:
    out = simulate("--model", "prefork", "--load", load, "--nginx").out
    rows = {line.split(TIMES)[0].strip(): line for line in out.splitlines() if TIMES in line}
    assert rows["worker"].endswith("queue: the backlog")
    assert rows["nginx connection"].endswith("queue: the nginx backlog")
    assert " mean, " in rows["backlog"]
    found = json.loads(simulate("--model", "prefork", "--load", load, "--json", "-").out)["resources"]
    assert (found["worker"]["queue_in"], found["cores"]["queue_in"]) == ("backlog", None)


def test_threads_behind_an_eager_acceptor_have_a_queue_of_their_own(simulate: Any, load: Path) -> None:
    flags = ("--model", "threaded", "--load", load, "--accept", "eager")
    found = json.loads(simulate(*flags, "--json", "-").out)["resources"]
    assert found["thread"]["queue_in"] is None


@pytest.mark.parametrize(("sharing", "told"), [("warm", True), ("even", False)])
def test_how_unevenly_processes_were_used_is_told_where_that_is_worth_a_line(
    sharing: str, told: bool, simulate: Any
) -> None:
    flags = ("--model", "hybrid", "--load", "steady", "--sharing", sharing)
    loop = json.loads(simulate(*flags, "--json", "-").out)["resources"]["event loop"]
    assert sum(loop["each"]) / 4 == pytest.approx(loop["utilisation"])
    assert (max(loop["each"]) - min(loop["each"]) >= 0.3 * loop["utilisation"]) == told
    line = f"the busiest one {percent(max(loop['each']))}, the idlest {percent(min(loop['each']))}"
    assert (line in simulate(*flags).out) == told


def test_one_process_alone_is_no_more_uneven_than_itself(simulate: Any) -> None:
    flags = ("--model", "hybrid", "--load", "steady", "--processes", "1")
    assert "each" not in json.loads(simulate(*flags, "--json", "-").out)["resources"]["event loop"]
    assert "the busiest one" not in simulate(*flags).out


def test_colour_is_used_where_it_is_wanted_and_changes_no_word(
    simulate: Any, load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.text import Text

    plain = simulate("--model", "prefork", "--load", load).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = simulate("--model", "prefork", "--load", load).out
    assert "\x1b[" in coloured
    lines = [line.rstrip() for line in Text.from_ansi(coloured).plain.splitlines()]
    assert lines == plain.splitlines()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in simulate("--model", "prefork", "--load", load).out.replace("\x1b[3m", "")


def test_a_terminal_without_unicode_gets_plain_characters_in_the_same_places(
    process: Callable[..., Any], load: Path
) -> None:
    fine = process("--model", "prefork", "--load", load)
    plain = process("--model", "prefork", "--load", load, PYTHONIOENCODING="ascii")
    assert (fine.returncode, plain.returncode) == (0, 0)
    assert plain.stdout.isascii()
    assert [len(line) for line in plain.stdout.splitlines()] == [len(line) for line in fine.stdout.splitlines()]


def test_a_chinese_terminal_without_utf_8_gets_chinese(load: Path) -> None:
    call = [sys.executable, "-m", "simulator", "--lang", "zh", "--model", "prefork", "--load", str(load)]
    out = subprocess.run(
        call, stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "gbk"}, cwd=ROOT, check=True
    ).stdout
    assert "开环" in out.decode("gbk")


@pytest.mark.parametrize("width", [0, 1])
def test_where_the_terminal_has_no_width_the_summary_is_there_all_the_same(
    width: int, simulate: Any, load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert "Requests" in simulate("--model", "prefork", "--load", load).out


@pytest.mark.parametrize("shares", [{"computing": 1.0}, {"computing": 1 / 3, "waiting for I/O": 1 / 3, "idle": 1 / 3}])
@pytest.mark.parametrize("width", [1, 10, 31])
def test_a_bar_is_always_as_wide_as_it_should_be(shares: dict[str, float], width: int) -> None:
    assert split_bar(shares, width).cell_len == width


def test_times_have_the_unit_that_suits() -> None:
    assert [duration(s) for s in (0.0, 0.00085, 0.0123, 1.234, 60.0)] == ["0 s", "850 µs", "12.3 ms", "1.23 s", "60 s"]
    assert [unit_for([s]).name for s in (0.002, 0.5, 26.0)] == ["µs", "ms", "s"]
    assert unit_for([0.5]).format(float("nan")) == "-"


def test_small_shares_are_not_called_nothing() -> None:
    assert [percent(share) for share in (0.0, 0.001, 0.5, 1.0)] == ["0 %", "<1 %", "50 %", "100 %"]
    assert [three_digits(value) for value in (0.0, 0.126, 31.84, 2318.0)] == ["0", "0.13", "31.8", "2 318"]


def figures(text: str) -> list[str]:
    """All that is a figure, without what is only shown where there is room: settings, stories and sentences."""
    tables = text[text.index("Requests") :] if "Requests" in text else text[text.index("Figures") :]
    return re.findall(r"\d+(?:\.\d+)?", tables.partition("\nWhy")[0])


@pytest.mark.parametrize("width", range(40, 201, 8))
def test_no_figure_is_cut_however_narrow_the_terminal_is(
    width: int, simulate: Any, load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = ("--model", "threaded", "--load", load, "--nginx", "--rate", "150")
    monkeypatch.setenv("COLUMNS", "250")
    whole = simulate(*flags).out
    monkeypatch.setenv("COLUMNS", str(width))
    out = simulate(*flags).out
    assert max(map(cell_len, out.splitlines())) <= width
    assert set(figures(out)) == set(figures(whole))
    assert not re.search(r"\d…", out)


@pytest.mark.parametrize("width", [40, 50, 60, 80])
def test_no_figure_of_a_comparison_is_cut_either(
    width: int, simulate: Any, load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("compare", "prefork+nginx", "threaded", "coroutine", "dev-server", "--load", load)
    monkeypatch.setenv("COLUMNS", "250")
    whole = simulate(*words).out
    monkeypatch.setenv("COLUMNS", str(width))
    out = simulate(*words).out
    assert max(map(cell_len, out.splitlines())) <= width
    assert set(figures(out)) == set(figures(whole))


def test_where_columns_stand_below_one_another_each_row_has_its_name(
    simulate: Any, load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    narrow = simulate("--model", "prefork", "--load", load).out.splitlines()
    heads = [number for number, line in enumerate(narrow) if line.startswith("  in ") and "p9" in line]
    assert [[line.split()[0] for line in narrow[head : head + 4]] for head in heads] == 2 * [
        ["in", "page", "上传图片", "all"]
    ]


def test_a_queue_is_shown_whole_beside_a_resource_in_full_use(simulate: Any) -> None:
    out = simulate("--model", "prefork", "--load", "steady", "--rate", "1500", "--duration", "20 s").out
    line = next(line for line in out.splitlines() if line.strip().startswith("backlog"))
    assert "waiting 2 0" in line
    assert line.endswith(" max")
    assert any(" 100 % " in line for line in out.splitlines() if line.strip().startswith("worker"))


def test_where_nothing_was_completed_no_percentile_is_marked(simulate: Any) -> None:
    out = simulate("--model", "prefork", "--load", "steady", "--rate", "1", "--duration", "5.1 s").out
    assert "No request arrived in the measured part of the run." in out
    assert "-*" not in out
    assert "* fewer" not in out


def test_the_summary_speaks_chinese_and_its_columns_stand_under_one_another(simulate: Any) -> None:
    out = simulate("--lang", "zh", "--model", "prefork", "--load", "slow-clients", "--no-advice").out
    assert out[out.index("\n请求（") + 1 :] == CHINESE
    assert max(map(cell_len, out.splitlines())) <= 80


def test_a_chinese_comparison_has_no_english_but_names_and_units(simulate: Any, load: Path) -> None:
    out = simulate("--lang", "zh", "compare", "prefork", "threaded", "--load", load).out
    tables = out[out.index("数据") : out.index("原因")]
    assert set(re.findall(r"[A-Za-z]+", tables)) <= {"A", "B", "CPU", "GIL", "ms", "s", "p"}


CHINESE = """\
请求（整次运行；速率统计 5 s 到 60 s）
  到达 2 318 · 完成 2 180 · 失败 138
  失败：客户端放弃 138 (6 %)
  按请求类别失败：照片 476 个中失败 42 个 (9 %) ·
  页面 1 842 个中失败 96 个 (5 %)
  按客户端失败：手机 515 个中失败 138 个 (27 %)
  到达率 38.8/s · 吞吐量 19.1/s · 有效吞吐量 19.1/s

延迟（从计划到达的时刻到客户端收到最后一个字节）
  单位 s 样本数   均值     p50     p90     p95     p99   p99.9    最大
  页面    1 603 23.518  29.448  29.798  29.869  29.983  29.997* 29.999
  照片      394 23.488  29.364  29.811  29.866  29.961* 29.990* 29.993
  全部    1 997 23.512  29.434  29.802  29.868  29.982  29.996* 29.999
  * 高于该值的样本不足十个，仅供参考

资源都在做什么（5 s 到 60 s）
  backlog 队列 ×2 048                                  等待 均值 614，最大 1 148
  工作进程 ×4         100 % ▲▲▲▲▲▲▲▲▲▲▲▲▲▲~~~~▽▽▽▽▽▽▽▽ 在 backlog 队列排队
                       ▲ 52 % 等待客户端发送  ▽ 31 % 等客户端关闭连接
                       ~ 15 % 等待 I/O  █ 2 % 计算
  核 ×2                 4 % █························· 排队 均值 0，最大 1
                       · 96 % 空闲  █ 4 % 计算

请求的时间花在哪里（全部请求与最慢 1 % 的均值）
  单位 s              全部                 最慢
  在 backlog 队列中 23.329 99 % ○○○○○○○○ 29.605 99 % ○○○○○○○○
  建立连接           0.055 <1 %           0.180  1 %
  等待客户端发送     0.054 <1 %           0.008 <1 %
  等客户端关闭连接   0.040 <1 %           0.171  1 %
  等待 I/O           0.030 <1 %           0.022 <1 %
  合计              23.512               29.990
"""  # noqa: RUF001
