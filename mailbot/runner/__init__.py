"""The service: watch mailboxes, run the schedule, stop on a signal. The only broad `except`.

`Service` runs live on threads and APScheduler; `simulate` walks the same jobs through simulated
time with APScheduler's own triggers, and is what the demo and the replay use.
"""

from mailbot.runner.service import Service, run_job
from mailbot.runner.simulation import simulate
from mailbot.runner.watcher import Clock, Watcher, backoff, utc_now

__all__ = ["Clock", "Service", "Watcher", "backoff", "run_job", "simulate", "utc_now"]
