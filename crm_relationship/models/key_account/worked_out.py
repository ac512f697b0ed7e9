import operator as compare

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

COMPARISONS = {"<": compare.lt, "<=": compare.le, ">": compare.gt, ">=": compare.ge}

COLUMNS = {"selection": SQL("varchar"), "integer": SQL("int4"), "date": SQL("date")}


class WorkedOut:
    """A field that Python works out, and lists sort and group by all the same.

    Odoo would try the SQL of it, with all the work, whenever a view asks what the field can do.
    """

    def _description_sortable(self, _env):
        return True

    def _description_groupable(self, _env):
        return True

    def _description_aggregator(self, _env):
        return self.aggregator


class WorkedOutSelection(WorkedOut, fields.Selection):
    """See ``WorkedOut``."""


class WorkedOutInteger(WorkedOut, fields.Integer):
    """See ``WorkedOut``."""


class WorkedOutDate(WorkedOut, fields.Date):
    """See ``WorkedOut``."""


class CrmRelationshipWorkedOutMixin(models.AbstractModel):
    """Lets people search, sort and group by what is worked out whenever it is looked at.

    How it works
        The rule stands once, in the compute. Here it runs for all records that the user sees,
        in a bounded number of queries, and its values are joined to the query.
    """

    _name = "crm.relationship.worked.out.mixin"
    _description = "Searched and Grouped by What Is Worked Out"

    def _get_worked_out(self, _name):
        """Return pairs of a record's id and a value of the field, of all that the user sees.

        A record may stand there more than once, such as with each of its red flags.
        """
        return []

    def _field_to_sql(self, alias, field_expr, query=None):
        field = self._fields.get(field_expr)
        if not isinstance(field, WorkedOut):
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(field, "read")
        pairs = self._get_worked_out(field_expr)
        joined = query.make_alias(alias, field_expr)
        query.add_join(
            "LEFT JOIN",
            joined,
            SQL(
                "(SELECT * FROM UNNEST(%s::int4[], %s::%s[]) AS item (id, value))",
                [id_ for id_, _value in pairs],
                [value for _id, value in pairs],
                COLUMNS[field.type],
            ),
            SQL("%s = %s", SQL.identifier(joined, "id"), SQL.identifier(alias, "id")),
        )
        value = SQL.identifier(joined, "value")
        return value if field.falsy_value is None else SQL("COALESCE(%s, 0)", value)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        field = self._fields.get(field_name)
        if not isinstance(field, WorkedOutSelection):
            return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        place = self._get_place_sql(field, self._field_to_sql(alias, field_name, query))
        query._order_groupby.append(place)
        return SQL("%s %s %s", place, direction, nulls)

    def _read_group_orderby(self, order, groupby_terms, query):
        places = {
            name: self._get_place_sql(self._fields[name], value)
            for name, value in groupby_terms.items()
            if isinstance(self._fields.get(name), WorkedOutSelection)
        }
        terms = {**groupby_terms, **places}
        result = super()._read_group_orderby(order, terms, query)
        # Odoo may have added to the other terms.
        groupby_terms.update((name, sql) for name, sql in terms.items() if name not in places)
        return result

    def _get_place_sql(self, field, value):
        """Return the place of a value in the selection: that is its order, not the alphabet."""
        return SQL("ARRAY_POSITION(%s::varchar[], %s)", field.get_values(self.env), value)

    def _search_worked_out(self, name, operator, value):
        """Return the domain of the records with such a value of the field."""
        field = self._fields[name]
        pairs = self._get_worked_out(name)
        if operator == "in":
            wanted = set(value)
            has_none = bool(wanted & {False, field.falsy_value})
        elif operator in COMPARISONS:
            is_wanted = COMPARISONS[operator]
            value = fields.Date.to_date(value) if field.type == "date" else value
            wanted = {item for _id, item in pairs if is_wanted(item, value)}
            has_none = field.falsy_value is not None and is_wanted(field.falsy_value, value)
        else:
            return NotImplemented
        found = Domain("id", "in", [id_ for id_, item in pairs if item in wanted])
        if has_none:
            found |= Domain("id", "not in", [id_ for id_, _item in pairs])
        return found
