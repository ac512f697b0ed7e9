"""Installing into a database that is in use, upgrading, and leaving without a trace."""

import pytest

from tools import addons

MAKE_USE = """
partner = env["res.partner"].create({"name": "Customer", "is_company": True})
env["sale.order"].create({"partner_id": partner.id})
run = env["crm.relationship.run"].recalculate()
assert run.state == "done", run.error
profile = env["crm.relationship.profile"].search([("partner_id", "=", partner.id)])
tier = profile.company_id._get_relationship_policy().tier_ids[0]
profile.write({"override_tier_id": tier.id, "override_reason": "Because"})
partner.relationship_excluded = False
env.company.relationship_private_data = True
contact = env["res.partner"].create({"name": "Contact", "parent_id": partner.id})
plan = env["crm.relationship.plan"].create({"partner_id": partner.id})
role = env["crm.relationship.role"].create({"plan_id": plan.id, "partner_id": contact.id})
role.activity_schedule("mail.mail_activity_data_call")
env["crm.relationship.role.note"].create({"role_id": role.id, "body": "Private"})
env["crm.relationship.role.need"].create({"role_id": role.id, "need": "safety"})
plan.write({"state": "active"})
plan.write({"state": "closed"})
env.cr.commit()
changes = env["crm.relationship.change"].search([("partner_id", "=", partner.id)])
result = changes.mapped("dimension")
"""
CHANGES = ["ladder", "stage", "tier"]
"""What the use leaves in the history: the first placements and the manual tier."""

UNINSTALL = """
modules = env["ir.module.module"].search([("name", "in", names), ("state", "=", "installed")])
modules.button_immediate_uninstall()
result = len(modules)
"""

LEFTOVERS = {
    "tables": """SELECT tablename FROM pg_tables
                  WHERE tablename LIKE 'crm_relationship%%'
                     OR tablename LIKE 'res_company_relationship%%'""",
    "columns": """SELECT table_name || '.' || column_name FROM information_schema.columns
                   WHERE column_name LIKE 'relationship_%%' AND table_schema = 'public'""",
    "indexes": "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%%relationship%%'",
    "xml ids": "SELECT module || '.' || name FROM ir_model_data WHERE module = ANY(%(names)s)",
    "settings": "SELECT key FROM ir_config_parameter WHERE key LIKE 'crm_relationship.%%'",
    "scheduled actions": "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Relationships%%'",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'crm.relationship%%'",
    "groups": "SELECT name->>'en_US' FROM res_groups WHERE name->>'en_US' LIKE '%%elationship%%'",
    "views": "SELECT name FROM ir_ui_view WHERE arch_db::text LIKE '%%relationship_tier_id%%'",
}


def find_leftovers(connection):
    with connection.cursor() as cr:
        found = {}
        for what, query in LEFTOVERS.items():
            cr.execute(query, {"names": addons.addons()})
            found[what] = sorted(row[0] for row in cr.fetchall())
        return {what: rows for what, rows in found.items() if rows}


@pytest.fixture
def used_database(scratch_database, run_in_odoo):
    name = scratch_database("addons")
    assert sorted(run_in_odoo(name, MAKE_USE)) == CHANGES
    return name


def test_uninstall_leaves_the_database_clean(used_database, run_in_odoo, connect):
    assert find_leftovers(connect(used_database))
    assert run_in_odoo(used_database, UNINSTALL, names=addons.addons())
    assert find_leftovers(connect(used_database)) == {}


def test_install_after_uninstall(used_database, run_in_odoo, install):
    run_in_odoo(used_database, UNINSTALL, names=addons.addons())
    install(used_database)
    assert sorted(run_in_odoo(used_database, MAKE_USE)) == CHANGES


def test_upgrade_keeps_the_data(used_database, run_in_odoo, install):
    install(used_database, verb="-u")
    count = run_in_odoo(used_database, "result = env['crm.relationship.change'].search_count([])")
    assert count == len(CHANGES)


def test_companies_of_a_database_in_use_get_a_policy(scratch_database, run_in_odoo, install):
    name = scratch_database("dependencies")
    companies = """
for number in range(3):
    env["res.company"].create({"name": f"Company {number}"})
env.cr.commit()
"""
    run_in_odoo(name, companies)
    install(name)
    count = """
companies = env["res.company"].search([])
result = [len(companies), len([c for c in companies if c._get_relationship_policy()])]
"""
    assert run_in_odoo(name, count) == [4, 4]
