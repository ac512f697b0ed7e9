import { Component, onWillStart, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The code of those without a tier, and in a total of those with any. */
const NONE = "";
const ANY = null;

/** How a move goes: its sign and its name, so that the colour is never alone. */
const DIRECTIONS = {
    up: { sign: "▲", label: _t("up") },
    down: { sign: "▼", label: _t("down") },
    entered: { sign: "+", label: _t("first tier") },
    gone: { sign: "−", label: _t("tier lost") },
    policy: { sign: "◇", label: _t("by a new policy") },
    same: { sign: "", label: _t("stayed") },
};

/** From which tier to which the customers moved between two days; each cell opens them. */
export class TierMigration extends Component {
    static template = "crm_relationship.TierMigration";
    static components = { DateTimeInput, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.directions = DIRECTIONS;
        this.none = NONE;
        const { measure = "count", from, to } = this.props.state || {};
        this.state = useState({ measure, data: null });
        useSetupAction({
            getLocalState: () => ({
                measure: this.state.measure,
                from: this.data.date_from,
                to: this.data.date_to,
            }),
        });
        onWillStart(() => this.load(from, to));
    }

    get data() {
        return this.state.data;
    }

    get measures() {
        return [
            { key: "count", name: _t("Customers") },
            { key: "share", name: _t("Share of the row") },
            { key: "revenue", name: _t("Revenue") },
        ];
    }

    /** What the numbers are, in a sentence. */
    get caption() {
        const values = {
            from: this.day(this.data.date_from),
            to: this.day(this.data.date_to),
            months: this.data.window_months,
        };
        const captions = {
            count: _t("Customers by their tier on %(from)s (rows) and on %(to)s (columns)", values),
            share: _t(
                "Where the customers of each tier of %(from)s (rows) were on %(to)s (columns)",
                values
            ),
            revenue: _t(
                "Revenue of the last %(months)s months, as it is now, by the customers' tier on %(from)s (rows) and on %(to)s (columns)",
                values
            ),
        };
        return captions[this.state.measure];
    }

    /** The rows and the columns: tiers, the best first, then those without one. */
    get levels() {
        return [...this.data.tiers, { code: NONE, name: _t("No tier"), color: 0 }];
    }

    /** How many customers went which way. */
    get moves() {
        return Object.entries(DIRECTIONS).map(([key, { sign, label }]) => {
            const cells = this.data.cells.filter((cell) => cell.direction === key);
            return { key, sign, label, cells, count: this.sum(cells).count };
        });
    }

    async load(from = null, to = null) {
        const [first, second] = from && to && from > to ? [to, from] : [from, to];
        const days = { date_from: first, date_to: second };
        const call = this.orm.call("crm.relationship.migration", "get_migration", [], days);
        this.state.data = await this.keepLast.add(call);
    }

    setDay(side, value) {
        if (value) {
            const days = { from: this.data.date_from, to: this.data.date_to };
            days[side] = serializeDate(value);
            return this.load(days.from, days.to);
        }
    }

    isPreset(preset) {
        return preset.date_from === this.data.date_from && preset.date_to === this.data.date_to;
    }

    deserialize(day) {
        return deserializeDate(day);
    }

    day(day) {
        return formatDate(deserializeDate(day));
    }

    /** The sums of the cells from `from` to `to`; `ANY` takes all. */
    cellOf(from, to) {
        const cells = this.data.cells.filter(
            (cell) => (from === ANY || cell.from === from) && (to === ANY || cell.to === to)
        );
        const { count, revenue } = this.sum(cells);
        const isTotal = from === ANY || to === ANY;
        const direction = isTotal ? "total" : cells.length ? cells[0].direction : "same";
        return { from, to, count, revenue, direction };
    }

    row(from) {
        return [
            ...this.levels.map((level) => this.cellOf(from, level.code)),
            this.cellOf(from, ANY),
        ];
    }

    sum(cells) {
        const add = (name) => cells.reduce((total, cell) => total + cell[name], 0);
        return { count: add("count"), revenue: add("revenue") };
    }

    /** The text of a cell in the chosen measure. */
    text(cell) {
        if (this.state.measure === "share") {
            return formatPercentage(cell.count / this.cellOf(cell.from, ANY).count, {
                digits: [16, 1],
            });
        }
        return this.state.measure === "revenue" ? this.money(cell) : formatInteger(cell.count);
    }

    money(cell) {
        const options = { currencyId: this.data.currency_id, humanReadable: true };
        return formatMonetary(cell.revenue, options);
    }

    /** What a cell says to those who do not see its place, and on a touch of the mouse. */
    label(cell) {
        const values = {
            count: formatInteger(cell.count),
            revenue: this.money(cell),
            from: this.name(cell.from),
            to: this.name(cell.to),
            direction: DIRECTIONS[cell.direction]?.label || _t("total"),
        };
        return _t(
            "%(from)s → %(to)s (%(direction)s): %(count)s customers, revenue %(revenue)s",
            values
        );
    }

    name(code) {
        return code === ANY ? _t("all") : this.levels.find((level) => level.code === code).name;
    }

    /** Terms of two days: of `=` Odoo would keep one, for a field has but one value. */
    on(code, day, operator = "=like") {
        return ["tier_on", operator, `${code}@${day}`];
    }

    /** The domain of a cell's customers, those never with a tier left out. */
    domain({ from, to }) {
        const { company, date_from, date_to } = this.data;
        const domain = [["company_id", "=", company.id]];
        for (const [code, other, day, otherDay] of [
            [from, to, date_from, date_to],
            [to, from, date_to, date_from],
        ]) {
            if (code !== ANY) {
                domain.push(this.on(code, day));
            }
            if (code === NONE && other === ANY) {
                domain.push(this.on(NONE, otherDay, "not =like"));
            }
        }
        return domain;
    }

    openCell(cell) {
        const title = `${this.name(cell.from)} → ${this.name(cell.to)}`;
        return this.openCustomers(title, this.domain(cell));
    }

    openMove({ sign, label, cells }) {
        const domains = cells.map((cell) => ["&", "&", ...this.domain(cell)]);
        const or = domains.slice(1).map(() => "|");
        return this.openCustomers(`${sign} ${label}`, [...or, ...domains.flat()]);
    }

    openCustomers(title, domain) {
        const span = `${this.day(this.data.date_from)} – ${this.day(this.data.date_to)}`;
        return this.open("crm.relationship.profile", `${title} (${span})`, domain);
    }

    /** Open the changes of a cause in the span of time. */
    openChanges(title, cause) {
        const { company, date_from, date_to } = this.data;
        return this.open("crm.relationship.change", title, [
            ["company_id", "=", company.id],
            ["cause", "=", cause],
            ["date", ">", date_from],
            ["date", "<=", date_to],
        ]);
    }

    open(model, name, domain) {
        const views = ["list", "kanban", "pivot", "graph", "form"];
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: views.map((view) => [false, view]),
            domain,
            context: {},
        });
    }

    openBackfill() {
        return this.action.doAction("crm_relationship.crm_relationship_backfill_action", {
            onClose: () => this.load(),
        });
    }
}

registry.category("actions").add("crm_relationship_migration", TierMigration);
