"""`make bench`: runs `benchmarks/bench.py` with Odoo, `tools` and the server at hand."""

import subprocess

from . import odoo_process, paths
from .steps import StepFailed


def bench(lock):
    """Run the benchmark; `FULL=1` and other variables reach it as they are."""
    if not (paths.ROOT / "benchmarks" / "bench.py").exists():
        raise StepFailed("benchmarks/bench.py is not there")
    lock.release()
    command = [paths.PYTHON, "-m", "benchmarks.bench"]
    return subprocess.run(command, cwd=paths.ROOT, env=odoo_process.environment()).returncode
