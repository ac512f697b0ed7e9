"""Where everything lives. Only `.run/`, the cache and the server's home are ever written to."""

import os
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / ".run"
LOGS = RUN / "logs"
STAMPS = RUN / "stamps"
VENV = RUN / "venv"
PYTHON = VENV / "bin" / "python"
FILESTORE = RUN / "data" / "filestore"
ODOO_CONF = RUN / "odoo.conf"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crm_relationship"


def checkout_id():
    """A short name for this checkout that survives a move and dies with `.run/`."""
    path = RUN / "id"
    if not path.exists():
        RUN.mkdir(exist_ok=True)
        draft = RUN / f"id.{os.getpid()}"
        draft.write_text(uuid.uuid4().hex[:8])
        draft.rename(path)
    return path.read_text()
