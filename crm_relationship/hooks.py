"""What an installation adds to existing companies and an uninstallation takes away."""


def post_init_hook(env):
    """Give every existing company its own copy of the default tier policy."""
    env["res.company"].search([])._create_relationship_policy()


def uninstall_hook(env):
    """Take away what Odoo's own uninstallation leaves: the settings."""
    env["ir.config_parameter"].search([("key", "=like", "crm_relationship.%")]).unlink()
