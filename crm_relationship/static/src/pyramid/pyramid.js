import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { Board } from "../board/board";

const COLORS = 12;
/** From here on amounts are written short, such as 12.3M. */
const SHORT_AMOUNT = 10_000_000;
/** Width of the pyramid's top, as a share of its base: its code must fit. */
const TOP_WIDTH = 0.16;
/** Room that a letter of a tier's name takes, as a share of the pyramid's base. */
const LETTER_WIDTH = 0.028;

/**
 * The tiers of a company as a pyramid, with what each level holds and who moved.
 * Every figure is a mark that opens the customers it counts.
 */
export class Pyramid extends Board {
    static template = "crm_relationship.Pyramid";
    static choices = { day: "", period: "evaluation" };

    fetchData() {
        const { companyId, day, period } = this.state;
        return this.orm.call("crm.relationship.pyramid", "get_pyramid", [
            companyId,
            day || null,
            period,
        ]);
    }

    get isPast() {
        return Boolean(this.data.day);
    }

    get selectsDay() {
        return this.data.days?.length > 0;
    }

    onCompanyChange(companyId) {
        return this.choose({ companyId: Number(companyId), day: "" });
    }

    onDayChange(day) {
        return this.choose({ day });
    }

    onPeriodChange(period) {
        return this.choose({ period });
    }

    // --------------------------------------------------------------- figures

    get cards() {
        const { total, newcomers, in_grace, below_zero, up, down } = this.data;
        return [
            this.prepareCard("customers", _t("Customers"), total),
            {
                ...this.prepareCard("amount", _t("Revenue"), total),
                value: this.formatAmount(total.amount),
                ...this.getAmountChange(),
            },
            this.prepareCard("up", _t("Moved up"), up, "▲"),
            this.prepareCard("down", _t("Moved down"), down, "▼"),
            newcomers && this.prepareCard("newcomers", _t("Newcomers"), newcomers),
            in_grace && this.prepareCard("in_grace", _t("In grace"), in_grace),
            below_zero && this.prepareCard("below_zero", _t("Below zero"), below_zero),
        ].filter(Boolean);
    }

    prepareCard(key, label, mark, sign = "") {
        const value = formatInteger(mark.count);
        return { key, label, mark, sign, value, help: this.getHelp(key) };
    }

    getHelp(key) {
        const helps = {
            customers: _t("They bought, or have a tier"),
            newcomers: _t("In the nurture period after the first purchase"),
            in_grace: _t("Below their tier at the last evaluation; they fall if they stay there"),
            below_zero: _t("They cost more than they bring"),
        };
        return helps[key] || "";
    }

    /** The change against the window before, in words beside the sign. */
    getAmountChange() {
        const { amount, amount_previous } = this.data.total;
        if (!(amount_previous > 0)) {
            return {};
        }
        const change = (amount - amount_previous) / amount_previous;
        const share = this.formatShare(Math.abs(change));
        const help = _t("Compared with the %(months)s months before: %(amount)s", {
            months: this.data.policy.window_months,
            amount: this.formatAmount(amount_previous),
        });
        if (change < 0) {
            return { help, noteSign: "▼", note: _t("%s less", share) };
        }
        return { help, noteSign: "▲", note: _t("%s more", share) };
    }

    get levels() {
        const { levels } = this.data;
        return levels.map((level, index) => ({
            ...level,
            title: `${level.code} · ${level.name}`,
            label: _t("Level %(number)s of %(count)s", {
                number: index + 1,
                count: levels.length,
            }),
            ...this.getShape(index, levels.length, level.name),
            ...this.getShares(level),
            moves: [
                {
                    key: "up",
                    mark: level.up,
                    sign: "▲",
                    text: _t("%s up", formatInteger(level.up.count)),
                    title: _t("Rose to %s", level.code),
                },
                {
                    key: "down",
                    mark: level.down,
                    sign: "▼",
                    text: _t("%s down", formatInteger(level.down.count)),
                    title: _t("Fell from %s", level.code),
                },
            ].filter((move) => move.mark.count),
        }));
    }

    /** What stands beside the levels, so that all shares add up. */
    get apart() {
        const labels = {
            newcomers: (code) => _t("Newcomers in %s", code),
            former: () => _t("In a tier of a former policy"),
            outside: () => _t("Without a tier"),
        };
        const helps = {
            newcomers: _t("They have not had the time to grow"),
            former: _t("The next recalculation places them; a manual tier stays until it ends"),
            outside: _t("Not among the customers that the policy ranks"),
        };
        return this.data.apart.map((mark) => ({
            ...mark,
            title: labels[mark.key](mark.code),
            description: helps[mark.key],
            ...this.getShares(mark),
        }));
    }

    /** One slice of a triangle whose top is cut off, in percents of the level's box. */
    getShape(index, count, name) {
        const width = (row) => TOP_WIDTH + ((1 - TOP_WIDTH) * row) / count;
        const [top, bottom] = [width(index) * 50, width(index + 1) * 50];
        const points = [
            [50 - top, 0],
            [50 + top, 0],
            [50 + bottom, 100],
            [50 - bottom, 100],
        ];
        return {
            points: points.map((point) => point.map((x) => x.toFixed(3)).join(",")).join(" "),
            isNamed: name.length * LETTER_WIDTH < (top + bottom) / 100,
        };
    }

    getShares({ count, amount }) {
        const { total } = this.data;
        return {
            countShare: total.count ? count / total.count : 0,
            amountShare: total.amount > 0 ? amount / total.amount : null,
        };
    }

    /** The whole drawing in a sentence, for those who do not see it. */
    get description() {
        return this.levels
            .map((level) =>
                _t("%(tier)s: %(count)s customers, %(share)s of all.", {
                    tier: level.title,
                    count: formatInteger(level.count),
                    share: this.formatShare(level.countShare),
                })
            )
            .join(" ");
    }

    get periods() {
        return [
            ["evaluation", _t("Last evaluation")],
            ["month", _t("This month")],
            ["last_month", _t("Last month")],
            ["quarter", _t("This quarter")],
            ["year", _t("Last 12 months")],
        ];
    }

    get periodText() {
        const { start, end } = this.data.period;
        return start === end
            ? this.formatDay(start)
            : `${this.formatDay(start)} – ${this.formatDay(end)}`;
    }

    // --------------------------------------------------------------- formats

    formatAmount(amount) {
        return formatMonetary(amount, {
            currencyId: this.data.currency_id,
            ...(Math.abs(amount) >= SHORT_AMOUNT
                ? { humanReadable: true, digits: [16, 1] }
                : { digits: [16, 0] }),
        });
    }

    colorClass(color) {
        return `o_relationship_color_${color % COLORS}`;
    }

    barStyle(share) {
        return `width: ${Math.min(Math.max(share, 0), 1) * 100}%`;
    }

    // --------------------------------------------------------------- actions

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openRuns() {
        const domain = [["company_id", "=", this.data.company.id]];
        const views = ["list", "kanban", "form"];
        return this.openList("crm.relationship.run", _t("Recalculations"), domain, views);
    }

    openSetup() {
        return this.action.doAction("crm_relationship.crm_relationship_setup_action");
    }
}

registry.category("actions").add("crm_relationship.pyramid", Pyramid);
