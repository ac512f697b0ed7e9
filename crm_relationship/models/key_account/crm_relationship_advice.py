from odoo import fields, models


class CrmRelationshipAdvice(models.Model):
    """How to deal with a contact, by its support and by how it communicates; texts to edit."""

    _name = "crm.relationship.advice"
    _description = "Advice on a Contact"
    _order = "sequence, id"

    name = fields.Char("Headline", required=True, translate=True)
    case = fields.Selection(
        [
            ("supporter", "Supporter"),
            ("neutral", "Neutral"),
            ("not_trusting", "Not trusting"),
            ("opponent", "Opponent"),
            ("insatiable", "Insatiable"),
            ("analytical", "Analytical"),
            ("organised", "Organised"),
            ("relational", "Relational"),
            ("imaginative", "Imaginative"),
        ],
        required=True,
        readonly=True,
        help="Whom it is about.",
    )
    body = fields.Text("Advice", required=True, translate=True)
    sequence = fields.Integer(default=10)

    _case_uniq = models.UniqueIndex('("case")', "There is one advice for each case.")
