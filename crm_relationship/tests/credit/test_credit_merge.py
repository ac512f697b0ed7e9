from datetime import timedelta

from odoo.tests import tagged

from .common import CreditCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCreditMerge(CreditCase):
    """Two contacts of one customer, each judged, become one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept, cls.gone = cls.make_ranking([100, 50], day=cls.today - DAY)
        cls.recalculate(cls.today)

    def merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.kept + self.gone).ids, self.kept)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_the_latest_judgement_holds(self):
        former = self.judge(self.kept, "management", "Poor")
        former.write({"date": self.today - DAY * 9, "note": "Kept us waiting"})
        latest = self.judge(self.gone, "management", "Good")
        single = self.judge(self.gone, "reputation", "Good")
        self.merge()
        self.assertEqual(self.kept.relationship_judgement_ids, latest + single)
        self.assertFalse(former.exists())
        messages = "".join(self.kept.message_ids.mapped("body"))
        self.assertIn("later judgement is kept", messages)
        for secret in ("Poor", "Kept us waiting", "Management"):
            self.assertNotIn(secret, messages)
        self.assertEqual(latest.note, "Kept us waiting")
        self.recalculate(self.today)
        # Owes nothing, was disputed nothing, its tenure and size: 20 points, and 6 judged ones.
        self.assertEqual(self.get_profile(self.kept).credit_coverage, 26)

    def test_a_period_has_one_statement(self):
        former = self.state(self.kept, sales=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_relationship_credit_statement SET write_date = %s WHERE id = %s",
            [self.env.cr.now() - DAY, former.id],
        )
        self.env.invalidate_all()
        latest = self.state(self.gone, sales=2)
        older = self.state(self.gone, date_end=self.today - DAY * 400)
        self.merge()
        self.assertEqual(self.kept.relationship_statement_ids, latest + older)
        self.assertIn("same period", "".join(self.kept.message_ids.mapped("body")))
