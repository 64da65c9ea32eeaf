"""One process at a time writes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from excise.errors import StoreBusy
from excise.store.lock import WriterLock

HOLDER = """
import os, pathlib, sys, time
from excise.store.lock import WriterLock
lock = WriterLock(pathlib.Path(sys.argv[1]))
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(600)
"""


def test_this_process_cannot_write_twice(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    with pytest.raises(StoreBusy, match=rf"{tmp_path}: this process \({os.getpid()}\)"):
        WriterLock(tmp_path)
    with pytest.raises(StoreBusy):
        WriterLock(tmp_path / ".." / tmp_path.name)
    lock.release()
    lock.release()
    WriterLock(tmp_path).release()


def test_two_stores_have_two_locks(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    locks = [WriterLock(tmp_path / name) for name in ("one", "other")]
    for lock in locks:
        lock.release()


def test_another_process_is_named_and_its_death_frees_the_store(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    child = int(holder.stdout.readline())
    try:
        with pytest.raises(StoreBusy, match=rf"process {holder.pid} on .*--store"):
            WriterLock(tmp_path)
        holder.kill()
        holder.wait(timeout=60)
        WriterLock(tmp_path).release()  # although the child of the holder lives on
    finally:
        os.kill(child, signal.SIGKILL)
        holder.kill()
        holder.stdout.close()
