"""Runs in Odoo: prints where the customers stand. `make demo` shows it before it serves."""

TOP_MOVERS = 5


def tiers(env, company):
    """Per tier of a company, best first: its name, how many customers, their revenue."""
    groups = env["crm.relationship.profile"]._read_group(
        [("company_id", "=", company.id), ("tier_id", "!=", False)],
        ["tier_id"],
        ["__count", "revenue:sum"],
    )
    return sorted(groups, key=lambda group: group[0].sequence)


def movers(env, company):
    """The profiles whose revenue changed most against the window before, largest first."""
    profiles = env["crm.relationship.profile"].search([("company_id", "=", company.id)])
    changed = profiles.filtered(lambda profile: profile.revenue != profile.revenue_previous)
    return changed.sorted(lambda profile: -abs(profile.revenue - profile.revenue_previous))


def print_company(env, company):
    """A company's tiers with their shares of customers and revenue, and its top movers."""
    found = tiers(env, company)
    customers = sum(count for _tier, count, _revenue in found)
    revenue = sum(amount for _tier, _count, amount in found)
    print(f"\n{company.name}: {customers} customers with a tier, {company.currency_id.name}")
    for tier, count, amount in found:
        print(f"  {tier.name:24} {count:7}  {share(count, customers)} of customers", end="")
        print(f"  {amount:15,.2f}  {share(amount, revenue)} of revenue")
    if top := movers(env, company)[:TOP_MOVERS]:
        print("  Top movers, by revenue against the window before:")
    for profile in top:
        change = profile.revenue - profile.revenue_previous
        print(f"  {change:+15,.2f}  {profile.partner_id.display_name}")


def share(part, whole):
    """A part as a percentage, right-aligned."""
    return f"{part / whole:7.1%}" if whole else "      –"


if __name__ == "__main__":
    for one in env["res.company"].search([]):  # noqa: F821
        print_company(env, one)  # noqa: F821
