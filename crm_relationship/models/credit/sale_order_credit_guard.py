from contextlib import contextmanager
from dataclasses import dataclass

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

GUARDED = "crm_relationship_guarded_orders"
"""Context key: these orders are being written, and are checked when all of it is done."""

DEFERRED = "crm_relationship_deferred_orders"
"""Context key: orders are being created, and what is written meanwhile is checked with them."""

CUSTOMER_CONFIRMS = "crm_relationship_customer_confirms"
"""Context key: a customer or a payment confirms, so nobody is there to read an error."""

CONFIRMING = object()
"""Its value, which no call from outside can give."""

REINVOICES = "crm_relationship_reinvoices"
"""Context key: the system adds costs of a vendor bill to orders."""

REINVOICING = object()
"""Its value, which no call from outside can give."""

DERIVED = {"amount_untaxed", "amount_tax", "amount_total", "transaction_ids"}
"""What follows from the lines and from payments. Who could set it would set what the check
reads."""


class Guarded(frozenset):
    """The ids of the orders, in a type that no call from outside can give."""


class Deferred:
    """``{order id: Terms}`` from before, in a type that no call from outside can give.

    Contexts are told apart by it, so it equals itself alone.
    """

    def __init__(self, su):
        self.su = su
        self.terms = {}


class CreditRefusal(UserError):
    """The check refuses orders that a customer or a payment confirms; never shown to anybody."""


@dataclass(frozen=True)
class Terms:
    """What the check judged an order by; the amount is in the company's currency, with what was
    delivered beyond it.
    """

    state: str
    company: int
    customer: int
    partner: int
    term: int
    amount: float


class SaleOrder(models.Model):
    """No way leads a blocked order past the check.

    How it works
        Whoever writes an order or its lines, by whatever route, passes :meth:`_guard_credit`.
        It compares the orders before and after, and checks those that are confirmed now, and
        those that were and now are larger, another customer's or on other payment terms. What is
        written together is checked once, when all of it is written: several orders confirmed in
        one call count each other.
    """

    _inherit = "sale.order"

    @api.model
    def default_get(self, fields):
        """Derive what is derived: defaults, which everybody may have, don't set it."""
        return super().default_get([name for name in fields if name not in DERIVED])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_release(vals)
        if not self.env["res.company"]._get_relationship_check_modes():
            return super().create(vals_list)
        if not self.env.su:
            vals_list = [
                {name: value for name, value in vals.items() if name not in DERIVED}
                for vals in vals_list
            ]
        deferred = Deferred(self.env.su)
        creating = self.with_context(**{DEFERRED: deferred})
        orders = super(SaleOrder, creating).create(vals_list).with_env(self.env)
        before = {id_: terms for id_, terms in deferred.terms.items() if id_ not in orders._ids}
        (orders | self.browse(before))._check_credit_changes(before)
        return orders

    def write(self, vals):
        self._refuse_release(vals)
        self._keep_sellers_apart(vals)
        voided = self._get_voided_releases(vals)
        if voided:
            voided._void_release()
        with self._guard_credit(vals) as (guarded, allowed):
            return super(SaleOrder, guarded).write(allowed)

    @contextmanager
    def _guard_credit(self, vals=None):
        """Check the orders for what is written in this block.

        Yields the orders to write with, and what to write of ``vals``.
        """
        orders = self._get_unguarded_orders()
        if not orders:
            yield self, vals
            return
        before = orders._get_credit_terms()
        outer = self.env.context.get(GUARDED) or ()
        guarded = self.with_context(**{GUARDED: Guarded({*outer, *orders.ids})})
        if vals and not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in DERIVED}
        yield guarded, vals
        deferred = self.env.context.get(DEFERRED)
        if isinstance(deferred, Deferred) and deferred.su == self.env.su:
            for id_, terms in before.items():
                deferred.terms.setdefault(id_, terms)
        else:
            orders._check_credit_changes(before)

    def _get_unguarded_orders(self):
        """Return those whose company checks orders and that no call around this one checks."""
        modes = self.env["res.company"]._get_relationship_check_modes()
        if not modes:
            return self.browse()
        outer = self.env.context.get(GUARDED)
        outer = outer if isinstance(outer, Guarded) else ()
        return self.filtered(lambda order: order.id and order.id not in outer)

    def _get_credit_terms(self):
        """Return ``{order id: Terms}``."""
        terms = {}
        for order in self.sudo():  # whoever edits an order need not see its customer
            company = order.company_id
            # Growth is judged of confirmed orders alone, and not under su.
            is_judged = order.state == "sale" and not self.env.su
            amount = order._get_credit_amount() if is_judged else order.amount_total
            terms[order.id] = Terms(
                order.state,
                company.id,
                order._get_credit_customer().id,
                order.partner_id.id,
                order.payment_term_id.id,
                company._convert_to_relationship_currency(amount, order.currency_id),
            )
        return terms

    def _check_credit_changes(self, before):
        """Check the orders that are confirmed now or that were and grew.

        :param before: ``{order id: Terms}``, without the new orders
        :raises UserError: if one of them is blocked
        """
        after = self._get_credit_terms()
        # What the system adds itself stays.
        is_judged = not self.env.su and self.env.context.get(REINVOICES) is not REINVOICING
        confirmed, edited, terms_only = self.browse(), self.browse(), self.browse()
        for order in self.browse(after):
            old, new = before.get(order.id), after[order.id]
            if new.state != "sale":
                continue
            if not old or old.state != "sale":
                confirmed |= order
            elif is_judged:
                moved = (old.company, old.customer, old.partner) != (
                    new.company,
                    new.customer,
                    new.partner,
                )
                rounding = order.sudo().company_id.currency_id
                if moved or rounding.compare_amounts(new.amount, old.amount) > 0:
                    edited |= order
                elif old.term != new.term:
                    edited |= order
                    if not order.sudo().relationship_release_id:
                        terms_only |= order
        changed = confirmed | edited
        if not changed:
            return
        found = changed._find_credit_reasons(lock=True)
        for order in terms_only.filtered(lambda order: order in found):
            reasons = {name: found[order][name] for name in ("terms",) if name in found[order]}
            found[order] = reasons
        found = {
            order: reasons
            for order, reasons in found.items()
            if reasons and not order._get_covering_release()
        }
        self._decide_on_credit(found, confirmed)
        confirmed._end_wait()

    def _decide_on_credit(self, found, confirmed):
        """Refuse the orders that something speaks against, or note it, as their companies want."""
        modes = self.env["res.company"]._get_relationship_check_modes()
        blocked = {
            order: reasons
            for order, reasons in found.items()
            if modes[order.sudo().company_id.id] == "block"
        }
        if blocked:
            is_caught = self.env.context.get(CUSTOMER_CONFIRMS) is CONFIRMING
            refusal = CreditRefusal if is_caught else UserError
            raise refusal(self._get_refusal(blocked, confirmed))
        if found:
            self._note_credit_warning(found, confirmed)

    def _get_refusal(self, blocked, confirmed):
        """Return why the orders are refused and what to do, in words."""
        notes = self._describe_credit_reasons(blocked)
        parts = []
        for order in blocked:
            values = {
                "order": order.sudo().name,
                "customer": order.sudo()._get_credit_customer().display_name,
            }
            if order in confirmed:
                title = self.env._(
                    "%(order)s of %(customer)s can't be confirmed: its credit check does not let "
                    "it pass.",
                    **values,
                )
            else:
                title = self.env._(
                    "%(order)s of %(customer)s is confirmed, and its credit check does not let "
                    "this change pass.",
                    **values,
                )
            parts.append("\n".join([title, *(f"• {line}" for line in notes[order])]))
        parts.append(self.env._("Ask a credit approver to release it, or have it paid in advance."))
        return "\n\n".join(parts)

    def _note_credit_warning(self, found, confirmed):
        """Keep in the chatter what spoke against the orders, without figures: not everybody who
        sees an order may see the customer's credit.
        """
        labels = self.env["crm.relationship.credit.policy"]._get_reason_labels()
        titles = {
            True: self.env._("Confirmed although the credit check warned:"),
            False: self.env._("Changed although the credit check warned:"),
        }
        orders = self.browse(order.id for order in found)
        bodies = {
            order.id: Markup("<p>%s</p><ul>%s</ul>")
            % (
                titles[order in confirmed],
                Markup().join(Markup("<li>%s</li>") % labels[name] for name in reasons),
            )
            for order, reasons in found.items()
        }
        # Whoever confirms may note it, hence sudo.
        orders.sudo()._message_log_batch(bodies=bodies)
