"""What an installation adds to existing companies and an uninstallation takes away."""


def post_init_hook(env):
    """Give every existing company its own copies of the default tier policy, stages and
    credit policy.
    """
    companies = env["res.company"].search([])
    companies._create_relationship_policy()
    companies._create_relationship_stages()
    companies._create_relationship_credit_policy()


def uninstall_hook(env):
    """Take away what Odoo's own uninstallation leaves: the settings, and the losses and the tasks
    of assessments, whose reasons and types it deletes before them.
    """
    tasks = env["mail.activity"].with_context(active_test=False)
    tasks.search([("res_model", "=", "crm.relationship.credit.assessment")]).unlink()
    env["crm.relationship.loss"].search([]).unlink()
    env["ir.config_parameter"].search([("key", "=like", "crm_relationship.%")]).unlink()
