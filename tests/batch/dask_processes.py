"""A Dask scheduler and workers as processes, each worker in a network of its own if possible."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

_BRIDGE = f"nm{os.getpid()}"  # several processes test at the same time
_SUBNET = f"10.213.{os.getpid() % 256}"


@contextmanager
def networks(n):
    """Make n network namespaces that reach this machine over a bridge.

    Yields
    ------
    address : str
        Of this machine in that network; the loopback address without permission to make one.
    prefixes : list of lists of str
        What runs a command in each namespace.
    """
    names = [f"{_BRIDGE}-{i}" for i in range(n)]
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("ip")):
        yield "127.0.0.1", [[]] * n
        return
    _remove_networks(names)
    try:
        _ip(f"link add {_BRIDGE} type bridge")
        _ip(f"addr add {_SUBNET}.1/24 dev {_BRIDGE}")
        _ip(f"link set {_BRIDGE} up")
        for i, name in enumerate(names):
            _ip(f"netns add {name}")
            _ip(f"link add {_BRIDGE}v{i} type veth peer name eth0 netns {name}")
            _ip(f"link set {_BRIDGE}v{i} master {_BRIDGE} up")
            _ip(f"-n {name} addr add {_SUBNET}.{i + 2}/24 dev eth0")
            _ip(f"-n {name} link set eth0 up")
            _ip(f"-n {name} link set lo up")
    except subprocess.CalledProcessError:  # a container without the capability
        _remove_networks(names)
        yield "127.0.0.1", [[]] * n
        return
    try:
        yield f"{_SUBNET}.1", [["ip", "netns", "exec", name] for name in names]
    finally:
        _remove_networks(names)


def _ip(arguments):
    subprocess.run(["ip", *arguments.split()], check=True, capture_output=True)


def _remove_networks(names):
    for name in names:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)
    subprocess.run(["ip", "link", "del", _BRIDGE], capture_output=True)


class DaskProcesses:
    """A scheduler and workers; a context manager that kills them at the end.

    Parameters
    ----------
    host : str
        Address of the scheduler.
    prefixes : list of lists of str
        What starts each worker.
    log : Path
        File for what they print.
    """

    def __init__(self, host, prefixes, log):
        with socket.socket() as probe:
            probe.bind((host, 0))
            self._port = probe.getsockname()[1]
        self.address = f"tcp://{host}:{self._port}"
        self._host, self._prefixes, self._log = host, prefixes, log
        self.workers = []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        for process in (self.scheduler, *self.workers):
            _kill(process)

    def start(self):
        """Start the scheduler and all workers."""
        scheduler = ("scheduler", "--host", self._host, "--port", str(self._port))
        self.scheduler = self._start([], *scheduler, "--no-dashboard")
        _wait_for_port(self._host, self._port)
        self.workers = [self._start_worker(i) for i in range(len(self._prefixes))]

    def replace_worker(self, i):
        """Kill a worker and start another in its place, as SLURM or Kubernetes would."""
        _kill(self.workers[i])
        self.workers[i] = self._start_worker(i)

    def kill_scheduler(self):
        """Kill the scheduler, and the workers that would wait for it."""
        _kill(self.scheduler)
        for worker in self.workers:
            _kill(worker)

    def _start_worker(self, i):
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
        return self._start(self._prefixes[i], "worker", self.address, *options)

    def _start(self, prefix, *arguments):
        with self._log.open("a") as log:
            command = [*prefix, sys.executable, "-m", "dask", *arguments]
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


def _kill(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)  # of its session: ip netns exec keeps the id
        process.wait()


def _wait_for_port(host, port):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as connection:
            if connection.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {host}:{port}")
