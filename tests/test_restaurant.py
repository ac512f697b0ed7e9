"""Guests of restaurants: the column is of a module that our addons do not depend on."""

DINNERS = """
from odoo.fields import Command, Datetime

env = env(user=env.ref("base.user_admin"))
company = env.company
env.user.group_ids += env.ref("point_of_sale.group_pos_manager")
env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
customer = env["res.partner"].create({"name": "Regular", "is_company": True})
product = env["product.product"].create(
    {"name": "Menu", "type": "consu", "list_price": 50, "taxes_id": [Command.clear()]}
)
restaurant = env["pos.config"].create({"name": "Bistro", "module_pos_restaurant": True})
restaurant.open_ui()
cash = restaurant.payment_method_ids.filtered("is_cash_count")[:1]

def dine(guests):
    order = env["pos.order"].create({
        "session_id": restaurant.current_session_id.id,
        "partner_id": customer.id,
        "date_order": Datetime.now(),
        "customer_count": guests,
        "amount_total": 0, "amount_tax": 0, "amount_paid": 0, "amount_return": 0,
        "lines": [Command.create({
            "product_id": product.id, "qty": 2, "price_unit": 50,
            "price_subtotal": 0, "price_subtotal_incl": 0,
        })],
    })
    order.lines._onchange_amount_line_all()
    order._compute_prices()
    payments = env["pos.make.payment"].with_context(active_id=order.id, active_ids=order.ids)
    payments.create({"payment_method_id": cash.id}).check()
    return order

lunch, dinner, unknown = dine(2), dine(5), dine(0)
refund = env["pos.order"].browse(dinner.refund()["res_id"])
assert refund.customer_count == 5
payments = env["pos.make.payment"].with_context(active_id=refund.id, active_ids=refund.ids)
payments.create({"payment_method_id": cash.id}).check()
run = env["crm.relationship.run"].sudo().recalculate(companies=company)
assert run.state == "done", run.error
env.invalidate_all()
profile = env["crm.relationship.profile"].sudo().search([("partner_id", "=", customer.id)])
result = [profile.visit_count, profile.guest_count, profile.guest_revenue, profile.revenue]
"""
EXPECTED = [3, 7, 200, 200]


def test_guests_of_a_restaurant(scratch_database, install, run_in_odoo):
    name = scratch_database("addons")
    install(name, "pos_restaurant")
    assert run_in_odoo(name, DINNERS) == EXPECTED
