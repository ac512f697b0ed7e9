"""Databases: templates made once, cloned for each use, each with its filestore.

A comment on each database says which checkout made it and from what, as JSON. A database is built
under a draft name and renamed at its end, so one that exists under its name is whole.
"""

import contextlib
import json
import os
import shutil
import time

from . import addons, odoo_process, odoo_source, paths
from .steps import StepFailed, digest, step

DEMO = "crm_relationship_demo"
CDNOW = "crm_relationship_cdnow"
TEST = "crm_relationship_test"
BENCH = "crm_relationship_bench"

DROP_ATTEMPTS = 30


def address():
    """Keyword arguments of `psycopg2.connect` for our server."""
    variables = odoo_process.environment()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
    return {key: variables[name] for key, name in names.items() if variables.get(name)}


@contextlib.contextmanager
def cursor(database="postgres"):
    """A psycopg2 cursor in autocommit mode, as `CREATE DATABASE` needs it."""
    import psycopg2

    connection = psycopg2.connect(dbname=database, **address())
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def exists(name):
    with cursor() as cr:
        cr.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return bool(cr.fetchone())


def note(name):
    """What the comment on a database says, or nothing."""
    with cursor() as cr:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        cr.execute(query, [name])
        row = cr.fetchone()
    try:
        return json.loads(row[0]) if row and row[0] else {}
    except json.JSONDecodeError:
        return {}


def annotate(name, **facts):
    """Replace the comment on a database; it always says whose it is."""
    text = json.dumps({"checkout": paths.checkout_id(), **facts})
    with cursor() as cr:
        cr.execute(f'COMMENT ON DATABASE "{name}" IS %s', [text])


def drop(name):
    """Remove a database with its filestore; sessions on it are ended."""
    import psycopg2.errors

    for attempts_left in reversed(range(DROP_ATTEMPTS)):
        try:
            with cursor() as cr:
                cr.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            break
        except psycopg2.errors.InsufficientPrivilege:
            # PostgreSQL's own cleaning is in it, which nobody but its superuser may end.
            if not attempts_left:
                raise
            time.sleep(1)
    shutil.rmtree(paths.FILESTORE / name, ignore_errors=True)


def create(name):
    """An empty database, sorted as Odoo sorts its own."""
    drop(name)
    with cursor() as cr:
        options = "ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0"
        cr.execute(f'CREATE DATABASE "{name}" {options}')


def clone(source, name):
    """A copy of `source`; its files are hard links, which Odoo only ever adds or removes."""
    drop(name)
    with cursor() as cr:
        cr.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    _copy_files(source, name)


def _copy_files(source, name):
    if (paths.FILESTORE / source).exists():
        shutil.copytree(paths.FILESTORE / source, paths.FILESTORE / name, copy_function=os.link)


def rename(name, new_name):
    """Give a database its final name; the files first, so that the name means both are there."""
    shutil.rmtree(paths.FILESTORE / new_name, ignore_errors=True)
    if (paths.FILESTORE / name).exists():
        (paths.FILESTORE / name).rename(paths.FILESTORE / new_name)
    with cursor() as cr:
        cr.execute(f'ALTER DATABASE "{name}" RENAME TO "{new_name}"')


def is_ours(name):
    """Whether this checkout made the database, and so has its files."""
    return note(name).get("checkout") == paths.checkout_id()


def check_ours(name):
    """Databases with people's data are never replaced when another checkout made them."""
    if exists(name) and not is_ours(name):
        raise StepFailed(
            f"the database {name} on this server was made by another checkout",
            f"Drop it (dropdb {name}) or use another PostgreSQL server.",
        )


def dependencies_template(demo=False):
    """The template with Odoo's modules that our addons need, built when they or Odoo change."""
    needed = addons.external_dependencies()
    key = digest(odoo_source.version(), *needed)
    name = f"crm_relationship_tpl_{'demo' if demo else 'plain'}"
    title = f"template database {'with' if demo else 'without'} demo data ({len(needed)} modules)"
    options = ["--with-demo"] if demo else []
    _ensure(name, key, title, lambda draft: _install_all(draft, needed, options))
    return name


def addons_template(demo=False):
    """The template with our addons installed on top, built when their files change."""
    source = dependencies_template(demo)
    key = digest(note(source)["key"], addons.fingerprint())
    name = f"crm_relationship_tpl_addons{'_demo' if demo else ''}"
    options = ["--with-demo"] if demo else []

    def build(draft):
        clone(source, draft)
        odoo_process.install(draft, addons.addons(), *options)

    _ensure(name, key, f"our addons installed {'with' if demo else 'without'} demo data", build)
    return name


def _install_all(draft, modules, options):
    create(draft)
    odoo_process.install(draft, modules, *options)


def _ensure(name, key, title, build):
    """Build a template under a draft name unless the one there has this key and its files."""
    if is_ours(name) and note(name).get("key") == key:
        return
    with step(title):
        draft = f"{name}_draft"
        build(draft)
        drop(name)
        annotate(draft, key=key)
        rename(draft, name)


def test_database():
    """A fresh database with our addons and no demo data."""
    clone(addons_template(), TEST)
    annotate(TEST)
    return TEST
