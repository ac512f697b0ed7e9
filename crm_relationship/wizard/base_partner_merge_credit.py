from odoo import models
from odoo.tools import format_date


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Leaves a merged contact one judgement by each criterion, and one statement of a period."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Settle what both have before the merge meets the unique indexes."""
        self._merge_credit_judgements(src_partners, dst_partner)
        self._merge_credit_statements(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_credit_judgements(self, src_partners, dst_partner):
        """Keep the latest judgement by each criterion; the contact's chatter names the others."""
        # Whoever merges contacts need not see what their credit is judged by, hence sudo.
        judgements = self.env["crm.relationship.credit.judgement"].sudo()
        found = judgements.search(
            [("partner_id", "in", (src_partners | dst_partner).ids)], order="date desc, id desc"
        )
        for same in found.grouped("criterion_id").values():
            for former in same[1:]:
                dst_partner._message_log(
                    body=self.env._(
                        "The other contact had been judged by the same criterion on %(date)s, by "
                        "%(user)s. The later judgement is kept, with the evidence of both.",
                        date=format_date(self.env, former.date),
                        user=former.user_id.name,
                    )
                )
            notes = [judgement.note for judgement in same if judgement.note]
            # Not in the chatter, which people read who must not see judgements.
            same[0].note = " / ".join(dict.fromkeys(notes)) or False
            same[1:].unlink()

    def _merge_credit_statements(self, src_partners, dst_partner):
        """Keep the statement of a period that was entered last."""
        statements = self.env["crm.relationship.credit.statement"].sudo()
        found = statements.search(
            [("partner_id", "in", (src_partners | dst_partner).ids)],
            order="write_date desc, id desc",
        )
        same_period = found.grouped(
            lambda statement: (statement.company_id, statement.period, statement.date_end)
        )
        for same in same_period.values():
            for former in same[1:]:
                dst_partner._message_log(
                    body=self.env._(
                        "The other contact had a financial statement of the same period: "
                        "%(statement)s. The one that was changed last is kept.",
                        statement=former.display_name,
                    )
                )
            same[1:].unlink()
