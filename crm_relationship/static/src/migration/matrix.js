import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";

/** The code of those without a value, and in a total of those with any. */
export const NONE = "";
export const ANY = null;

/** Customers and revenue of `cells`. */
export function sumCells(cells) {
    const add = (name) => cells.reduce((total, cell) => total + cell[name], 0);
    return { count: add("count"), revenue: add("revenue") };
}

/**
 * The domain of a cell's customers, those never with a value left out.
 *
 * Terms of two days are written with `=like`: of `=` Odoo would keep one, for a field has
 * but one value.
 *
 * @param {string} field that is searched by a code and a day, such as `tier_on`
 */
export function prepareCellDomain(data, field, { from, to }) {
    const { company, date_from, date_to } = data;
    const on = (code, day, operator = "=like") => [field, operator, `${code}@${day}`];
    const domain = [...(data.domain || [["company_id", "=", company.id]])];
    for (const [code, other, day, otherDay] of [
        [from, to, date_from, date_to],
        [to, from, date_to, date_from],
    ]) {
        if (code !== ANY) {
            domain.push(on(code, day));
        }
        if (code === NONE && other === ANY) {
            domain.push(on(NONE, otherDay, "not =like"));
        }
    }
    return domain;
}

/** The cells of several domains in one. */
export function anyOf(domains) {
    const joined = domains.map((domain) => [...domain.slice(1).map(() => "&"), ...domain]);
    return [...domains.slice(1).map(() => "|"), ...joined.flat()];
}

/** How many customers were what on one day (rows) and on another (columns). */
export class MigrationMatrix extends Component {
    static template = "crm_relationship.MigrationMatrix";
    static props = {
        data: Object,
        levels: Array, // { code, name, short, color }; those without a value last
        columns: { type: Array, optional: true }, // of the levels; default: all
        directions: Object, // by their keys in the cells: { sign, label }
        legend: Array, // keys of the directions to explain
        captions: Object, // by measure: what the numbers are, in a sentence
        measure: String,
        onMeasure: Function,
        openCell: Function,
    };

    get measures() {
        return [
            { key: "count", name: _t("Customers") },
            { key: "share", name: _t("Share of the row") },
            { key: "revenue", name: _t("Revenue") },
        ];
    }

    get columns() {
        return this.props.columns || this.props.levels;
    }

    day(day) {
        return formatDate(deserializeDate(day));
    }

    /** The sums of the cells from `from` to `to`; `ANY` takes all. */
    cellOf(from, to) {
        const cells = this.props.data.cells.filter(
            (cell) => (from === ANY || cell.from === from) && (to === ANY || cell.to === to)
        );
        const isTotal = from === ANY || to === ANY;
        const direction = isTotal ? "total" : cells.length ? cells[0].direction : "same";
        return { from, to, ...sumCells(cells), direction };
    }

    row(from) {
        return [
            ...this.columns.map((level) => this.cellOf(from, level.code)),
            this.cellOf(from, ANY),
        ];
    }

    /** The text of a cell in the chosen measure. */
    text(cell) {
        if (this.props.measure === "share") {
            return formatPercentage(cell.count / this.cellOf(cell.from, ANY).count, {
                digits: [16, 1],
            });
        }
        return this.props.measure === "revenue" ? this.money(cell) : formatInteger(cell.count);
    }

    money(cell) {
        const options = { currencyId: this.props.data.currency_id, humanReadable: true };
        return formatMonetary(cell.revenue, options);
    }

    /** What a cell says to those who do not see its place, and on a touch of the mouse. */
    label(cell) {
        const values = {
            count: formatInteger(cell.count),
            revenue: this.money(cell),
            from: this.name(cell.from),
            to: this.name(cell.to),
            direction: this.props.directions[cell.direction]?.label || _t("total"),
        };
        return _t(
            "%(from)s → %(to)s (%(direction)s): %(count)s customers, revenue %(revenue)s",
            values
        );
    }

    name(code) {
        return code === ANY
            ? _t("all")
            : this.props.levels.find((level) => level.code === code).name;
    }

    open(cell) {
        return this.props.openCell(cell, `${this.name(cell.from)} → ${this.name(cell.to)}`);
    }
}
