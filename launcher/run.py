"""`make run`: the whole portal on one machine, for a try or a small district."""

import http.client
import os
import time
from pathlib import Path

from launcher.children import Program, last_line
from launcher.environment import Address, address, check_addresses, portal_env
from launcher.places import Places
from launcher.prepared import Outcome, prepare
from launcher.running import portal_lock
from launcher.services import services_in
from launcher.setup import set_up
from launcher.supervisor import Kept, Supervisor
from launcher.words import Stopped, Trouble, say

RUNNING = "run"


def run_portal(places: Places) -> int:
    """`make run`: set up, start everything, stay until told to stop. The exit code."""
    where = address()
    check_addresses()
    places.make_local()
    lock = portal_lock(places)
    lock.take_or_refuse(where.url)
    where.refuse_if_taken()
    set_up(places, RUNNING)
    supervisor = Supervisor(services_in(places, places.local, logs=places.logs))
    try:
        supervisor.services.start()
        env = portal_env(places, supervisor.services.urls, where)
        demo = env["DEMO"] == "1"
        outcome = prepare(places, env, demo=demo)
        web = supervisor.add(web_program(places, env, where))
        wait_for_web(web, where)  # alone: somebody waits for the page, and nobody yet for the worker
        for program in (worker_program(places, env), beat_program(places, env)):
            supervisor.add(program)
        greet(where, outcome, demo=demo)
        supervisor.watch()
    except Stopped:
        say("\nStopping …", "正在停止……")
    finally:
        supervisor.stop()
    say("Stopped. Your data stays in .local/ until the next make run.", "已停止，数据保留在 .local/ 中。")
    return 0


def web_program(places: Places, env: dict[str, str], where: Address) -> Program:
    """One process with threads: it shares its memory, and PostgreSQL and the worker want the other core."""
    command = [str(places.python), "-m", "gunicorn", "config.wsgi:application", "--bind", where.bind]
    command += ["--worker-class", "gthread", "--workers", os.environ.get("WEB_WORKERS") or "1", "--threads", "8"]
    command += ["--graceful-timeout", "8", "--timeout", "60", "--no-control-socket", "--keep-alive", "15"]
    return Program("web", command, env, places.root, fresh_log(places, "web"), patience=15)


def worker_program(places: Places, env: dict[str, str]) -> Program:
    """Threads: a long sweep must not hold up urgent notices, and more processes would cost more memory."""
    command = [str(places.python), "-m", "celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "4"]
    command += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Program("worker", command, env, places.root, fresh_log(places, "worker"), patience=8)


def beat_program(places: Places, env: dict[str, str]) -> Program:
    """The beat; its schedule lies among the private data."""
    schedule = places.local / "beat"
    schedule.mkdir(exist_ok=True)
    command = [str(places.python), "-m", "celery", "-A", "config", "beat", "--loglevel", "WARNING"]
    command += ["--schedule", str(schedule / "schedule")]
    return Program("beat", command, env, places.root, fresh_log(places, "beat"), patience=5)


def fresh_log(places: Places, name: str) -> Path:
    """Each start begins a new log and keeps the previous one."""
    log = places.logs / f"{name}.log"
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    return log


def wait_for_web(web: Kept, where: Address) -> None:
    """Until the first page answers. `Trouble` when it ended, or after 120 seconds."""
    limit = time.monotonic() + 120  # a small, busy machine may take this long
    while time.monotonic() < limit:
        if web.child is None or not web.child.running:
            break
        if answers(where):
            return
        time.sleep(0.1)
    log = web.program.log or Path()
    raise Trouble(
        f"The web server did not start: {last_line(log, 'no reason was given')} (log: {log})",
        f"网页服务未能启动，原因见日志：{log}",
    )


def answers(where: Address) -> bool:
    """Whether the portal says it is well."""
    link = http.client.HTTPConnection(where.reachable_host, where.port, timeout=5)
    try:
        link.request("GET", "/healthz", headers={"Host": "localhost"})
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def greet(where: Address, outcome: Outcome, *, demo: bool) -> None:
    """Address and log-ins, or where the set-up begins."""
    print(f"\n  Mulin 睦邻  {where.url}/\n", flush=True)
    if demo and outcome["logins"]:
        print(outcome["logins"], flush=True)
    if outcome["set_up"]:
        print(
            f"  First run: create the administrator and load the district at {where.url}{outcome['set_up']}", flush=True
        )
        print("  首次使用：请打开上面的地址，创建管理员并导入本区数据。\n", flush=True)
    say("Stop with Ctrl-C. Logs are in .local/log/.", "按 Ctrl-C 停止，日志在 .local/log/。")
