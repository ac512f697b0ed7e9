"""Development tools: get Odoo, start PostgreSQL, install, test, check and show the addons."""
