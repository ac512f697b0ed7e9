from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL


class PrivateOne2many(fields.One2many):
    """A list that is searched with the user's own rights, whatever is asked.

    Odoo looks past the rights for ``= False`` and for ids: whether there is a private note, and
    whose it is, would be told to everybody.
    """

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        ask = super().condition_to_sql
        if operator not in ("in", "not in") or model.env.su:
            return ask(field_expr, operator, value, model, alias, query)
        ids = [id_ for id_ in value if id_]
        found = [ask(field_expr, "any", Domain("id", "in", ids), model, alias, query)]
        if False in value:
            found.append(ask(field_expr, "not any", Domain.TRUE, model, alias, query))
        condition = SQL("(%s)", SQL(" OR ").join(found))
        return condition if operator == "in" else SQL("NOT %s", condition)
