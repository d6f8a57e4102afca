"""A load generator for the loopback address: a few connections, bounded in time and count."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CONNECTIONS = 4
MOST = 20_000


@dataclass(frozen=True)
class Call:
    """One request."""

    path: str
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How many a second, and the middle of the response times in milliseconds."""

    rate: float
    p50: float


class _Run:
    """What the threads of one measurement share."""

    def __init__(self, port: int, calls: Callable[[int], Call], seconds: float) -> None:
        self.port, self.calls, self.until = port, calls, time.monotonic() + seconds
        self.times: list[float] = []
        self.faults: list[str] = []
        self.numbers, self.lock = iter(range(MOST)), threading.Lock()

    def ask(self) -> None:
        """One connection, one request after the other."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            while time.monotonic() < self.until and not self.faults:
                with self.lock:
                    number = next(self.numbers, None)
                if number is None:
                    return
                self._once(link, self.calls(number))
        except OSError as error:
            self.faults.append(str(error))
        finally:
            link.close()

    def _once(self, link: http.client.HTTPConnection, call: Call) -> None:
        before = time.monotonic()
        link.request(call.method, call.path, call.body or None, call.headers)
        answer = link.getresponse()
        answer.read()
        self.times.append(time.monotonic() - before)
        if answer.status >= 400 or (call.method == "GET" and answer.status != 200):
            self.faults.append(f"{call.method} {call.path}: {answer.status}")


def measure(port: int, calls: Callable[[int], Call], seconds: float, connections: int = CONNECTIONS) -> Result:
    """Ask as fast as the answers come. `calls` makes the n-th request; any error ends the run."""
    run, before = _Run(port, calls, seconds), time.monotonic()
    threads = [threading.Thread(target=run.ask) for _number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if run.faults or not run.times:
        raise SystemExit(f"The load generator met {run.faults[:3] or 'no answer'}.")
    return Result(len(run.times) / (time.monotonic() - before), statistics.median(run.times) * 1000)
