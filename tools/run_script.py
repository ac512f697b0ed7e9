"""Runs in Odoo's Python: executes one script with `env`, for `tools.odoo_process.Script`."""

import json
import os
import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(options):
    """Execute the script that the environment names; options are those of Odoo's server."""
    order = json.loads(os.environ.pop("CRM_RELATIONSHIP_SCRIPT"))
    config.parse_config(options, setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        names = execute(order["source"], {"env": env, **order["arguments"]})
    Path(order["answer"]).write_text(json.dumps(names.get("result"), default=str))


def execute(source, names):
    """Execute source text or a .py file with these global names and return what they became."""
    file = "<script>"
    if source.endswith(".py"):
        source, file = Path(source).read_text(), source
    names = {"__name__": "__main__", "__file__": file, **names}
    exec(compile(source, file, "exec"), names)
    return names


if __name__ == "__main__":
    main(sys.argv[1:])
