"""A real Slurm cluster of two nodes on loopback, and a stand-in for the training."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from cluster import command, until

from vnl_core.config import RunConfig
from vnl_core.runs.directory import RunDir

TOYS = Path(__file__).parents[1] / "runs"
# The real verb, with a toy in the place of the training: the run's name says what it does.
VERB = f"""
import sys, types
sys.path.insert(0, {str(TOYS)!r})
import toy_worker
sys.modules["vnl_core.jobs.train"] = types.SimpleNamespace(main=toy_worker.work)
from vnl_core.cli import main
main()
"""

# As root, without systemd, control groups or a database. A requeued job waits cred_expire + 1 s.
CONFIG = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/sock,cred_expire=5
SlurmctldPort={ports[0]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=2,sched_min_interval=200000,bf_interval=1,bf_resolution=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=1000
KillWait=10
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmctldParameters=preempt_send_user_signal
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1 RealMemory=2000
NodeName=node2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1 RealMemory=2000
PartitionName=normal Nodes=ALL Default=YES MaxTime=60 PriorityTier=1 GraceTime=20
PartitionName=urgent Nodes=ALL MaxTime=60 PriorityTier=10 PreemptMode=OFF
"""


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture(scope="module")
def slurm():
    """The cluster's folder; SLURM_CONF names it while the tests of a file run."""
    if not (shutil.which("slurmctld") and shutil.which("munged")):
        pytest.skip("Slurm is not installed (packages-test.txt)")
    if os.geteuid():
        pytest.skip("a Slurm controller and its nodes need root here")
    folder = Path(tempfile.mkdtemp(prefix="vnl-slurm-"))  # short: a socket's path has 107 bytes
    for name in ("munge", "state"):
        (folder / name).mkdir(mode=0o700)
    munge = folder / "munge"
    (munge / "key").write_bytes(os.urandom(128))
    (munge / "key").chmod(0o400)
    config = folder / "slurm.conf"
    host = socket.gethostname().split(".")[0]
    config.write_text(CONFIG.format(folder=folder, host=host, ports=free_ports(3)))
    patch = pytest.MonkeyPatch()
    patch.setenv("SLURM_CONF", str(config))
    files = {name: munge / name for name in ("key", "log", "pid", "seed")}
    options = [f"--{name}-file={path}" for name, path in files.items()]
    try:
        command("munged", "--force", f"--socket={munge / 'sock'}", *options)
        command("slurmctld", "-c")
        for node in ("node1", "node2"):
            command("slurmd", "-N", node)
        until(lambda: set(command("sinfo", "-h", "-N", "-o", "%T").split()) == {"idle"})
        yield folder
        subprocess.run(["scancel", "--me", "--signal=KILL", "--full"], check=False)
    finally:
        for path in [*folder.glob("slurm*.pid"), munge / "pid"]:
            if path.exists():
                os.kill(int(path.read_text()), signal.SIGTERM)
        patch.undo()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def create(tmp_path, monkeypatch):
    """Makes runs that jobs train with a toy."""
    verb, python = tmp_path / "verb.py", tmp_path / "python"
    verb.write_text(VERB)
    python.write_text(f'#!/bin/sh\nshift 2\nexec "{sys.executable}" "{verb}" "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    return lambda name: RunDir.create(tmp_path / "runs", RunConfig(name=name))
