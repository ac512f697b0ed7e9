# ruff: noqa: F821
# Code of a server action that the demo data runs once, last: the order check is turned on, blocks
# two quotations, and one of them is released. Such code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
POLICY = env["crm.relationship.credit.policy"]._get_of_company(COMPANY)
SELLER = env.ref("base.user_demo", raise_if_not_found=False) or env.user
APPROVER = env.ref("base.user_admin")
WAITING = env.ref("crm_relationship.demo_customer_29").with_company(COMPANY)
RELEASED = env.ref("crm_relationship.demo_customer_53").with_company(COMPANY)
REASON = "The bank guarantees half of it; the guarantee lies in the safe. Deliver in two parts."


def quote(customer, name, quantity, price):
    product = env["product.product"].create({"name": name, "list_price": price})
    return (
        env["sale.order"]
        .with_user(SELLER)
        .with_company(COMPANY)
        .sudo()
        .create(
            {
                "partner_id": customer.id,
                "company_id": COMPANY.id,
                "user_id": SELLER.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                        }
                    )
                ],
            }
        )
    )


if not env["crm.relationship.credit.release"].search_count([], limit=1):
    COMPANY.write({"account_use_credit_limit": True})
    WAITING.write({"credit_limit": 5000})
    RELEASED.write({"credit_limit": 20000})
    POLICY.write(
        {
            "check_mode": "block",
            "checks_limit": True,
            "overdue_tolerance_days": 30,
            "overdue_tolerance_amount": 1000,
            "release_user_id": APPROVER.id,
        }
    )
    quote(WAITING, "Packing line, second hand", 1, 18400).action_ask_release()
    order = quote(RELEASED, "Conveyor belts", 6, 4250)
    order.with_user(APPROVER)._release_credit(REASON, COMPANY.currency_id.round(order.amount_total))
