"""What an installation adds to existing companies and an uninstallation takes away."""


def post_init_hook(env):
    """Give every existing company its own copies of the default tier policy, stages and
    credit policy, its numbers of complaints and their targets.
    """
    companies = env["res.company"].search([])
    companies._create_relationship_policy()
    companies._create_relationship_stages()
    companies._create_relationship_credit_policy()
    companies._create_complaint_sequences()
    companies._create_complaint_targets()


def uninstall_hook(env):
    """Take away what Odoo's own uninstallation leaves: the settings, the losses, the proposals
    to dismiss, the account plans with their templates and the complaints, whose reasons,
    departments, types and categories it deletes before them, and the tasks, whose types it deletes.
    """
    types = env["ir.model.data"].search(
        [("module", "=", "crm_relationship"), ("model", "=", "mail.activity.type")]
    )
    tasks = env["mail.activity"].with_context(active_test=False)
    tasks.search([("activity_type_id", "in", types.mapped("res_id"))]).unlink()
    env["crm.relationship.dismissal.proposal"].search([]).unlink()
    env["crm.relationship.loss"].search([]).unlink()
    env["crm.relationship.plan"].search([]).unlink()
    env["crm.relationship.budget"].search([]).unlink()
    env["crm.relationship.plan.template"].with_context(active_test=False).search([]).unlink()
    env["crm.relationship.complaint"].search([]).unlink()
    env["crm.relationship.complaint.team"].with_context(active_test=False).search([]).unlink()
    env["ir.sequence"].search([("code", "=", "crm.relationship.complaint")]).unlink()
    env["ir.config_parameter"].search([("key", "=like", "crm_relationship.%")]).unlink()
