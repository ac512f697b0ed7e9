import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { ANY, NONE, anyOf, sumCells } from "../migration/matrix";
import { SpanBoard } from "../migration/span_board";
import { FlowChart } from "./flow_chart";

const COLORS = 12;
/** The stages of a relationship that grows; the others lead out of it. */
const GROWING = ["prospect", "exploration", "formation", "stability"];
/** Flows that are good news where no stage is chosen. */
const BETTER = ["entered", "up", "won_back"];
const ALL = "";

const DIRECTIONS = {
    entered: { sign: "+", label: _t("new") },
    up: { sign: "▲", label: _t("one step on") },
    won_back: { sign: "↻", label: _t("won back") },
    down: { sign: "▽", label: _t("one step back") },
    decline: { sign: "▼", label: _t("declining") },
    lost: { sign: "✕", label: _t("lost") },
    gone: { sign: "−", label: _t("no customer any more") },
    same: { sign: "", label: _t("stayed") },
};

/** The stages of a company's customers: how many, from where, how long; marks open them. */
export class LifecycleBoard extends SpanBoard {
    static template = "crm_relationship.LifecycleBoard";
    static components = { ...SpanBoard.components, FlowChart };
    static choices = { ...SpanBoard.choices, stage: ALL };
    static source = ["crm.relationship.lifecycle.board", "get_board"];
    static searchField = "stage_on";
    static directions = DIRECTIONS;

    setup() {
        super.setup();
        this.state.isAsked = false;
    }

    /** What there is to show: nothing yet, nobody that the user sees, or all. */
    get content() {
        if (!this.data.first_date) {
            return "empty";
        }
        return this.data.cells.length ? "ready" : "nobody";
    }

    // ---------------------------------------------------------------- funnel

    /** The stages with their customers on the last day, those of growth first. */
    get funnel() {
        const { cells, stages } = this.data;
        const total = sumCells(cells.filter((cell) => cell.to !== NONE));
        const rows = stages.map((stage) => {
            const now = sumCells(cells.filter((cell) => cell.to === stage.code));
            const then = sumCells(cells.filter((cell) => cell.from === stage.code));
            return {
                ...stage,
                ...now,
                title: stage.name,
                share: total.count ? now.count / total.count : 0,
                revenueShare: total.revenue > 0 ? now.revenue / total.revenue : 0,
                change: now.count - then.count,
            };
        });
        const most = Math.max(1, ...rows.map((row) => row.count));
        for (const row of rows) {
            row.width = `width: ${(100 * row.count) / most}%`;
        }
        return [
            { key: "growing", rows: rows.filter((row) => GROWING.includes(row.code)) },
            { key: "fading", rows: rows.filter((row) => !GROWING.includes(row.code)) },
        ];
    }

    changeText({ change }) {
        const count = formatInteger(Math.abs(change));
        return change > 0 ? `▲ ${count}` : change < 0 ? `▼ ${count}` : "=";
    }

    changeLabel({ change }) {
        const values = {
            count: formatInteger(Math.abs(change)),
            day: this.day(this.data.date_from),
        };
        if (!change) {
            return _t("as many as on %(day)s", values);
        }
        return change > 0
            ? _t("%(count)s more than on %(day)s", values)
            : _t("%(count)s less than on %(day)s", values);
    }

    // ---------------------------------------------------------------- matrix

    /** What the numbers of the matrix are, in a sentence. */
    get captions() {
        const values = {
            from: this.day(this.data.date_from),
            to: this.day(this.data.date_to),
            months: this.data.window_months,
        };
        return {
            count: _t(
                "Customers by their stage on %(from)s (rows) and on %(to)s (columns)",
                values
            ),
            share: _t(
                "Where the customers of each stage of %(from)s (rows) were on %(to)s (columns)",
                values
            ),
            revenue: _t(
                "Revenue of the last %(months)s months, as it is now, by the customers' stage on %(from)s (rows) and on %(to)s (columns)",
                values
            ),
        };
    }

    get levels() {
        const stages = this.data.stages.map((stage) => ({ ...stage, short: stage.name }));
        return [...stages, { code: NONE, name: _t("No stage"), color: 0 }];
    }

    /** Without "no stage" where nobody lost it. */
    get columns() {
        const codes = new Set(this.data.cells.map((cell) => cell.to));
        return this.levels.filter(({ code }) => code !== NONE || codes.has(NONE));
    }

    /** The directions that anybody went. */
    get legend() {
        const keys = new Set(this.data.cells.map((cell) => cell.direction));
        return Object.keys(DIRECTIONS).filter((key) => key !== "same" && keys.has(key));
    }

    // ----------------------------------------------------------------- flows

    /** The flows to draw, with the way they go. */
    get flows() {
        return this.data.flows.map((flow) => ({ ...flow, kind: flow.direction }));
    }

    isIn(flow) {
        const { stage } = this.state;
        return stage === ALL ? BETTER.includes(flow.kind) : flow.to === stage;
    }

    isOut(flow) {
        const { stage } = this.state;
        return stage === ALL ? !BETTER.includes(flow.kind) : flow.from === stage;
    }

    flowSummary(total) {
        const stage = this.data.stages.find((one) => one.code === this.state.stage);
        const values = {
            in: formatInteger(total.in),
            out: formatInteger(total.out),
            stage: stage?.name,
            from: this.day(this.data.date_from),
            to: this.day(this.data.date_to),
        };
        return stage
            ? _t(
                  "Between %(from)s and %(to)s, %(in)s came into %(stage)s and %(out)s left it.",
                  values
              )
            : _t(
                  "Between %(from)s and %(to)s, %(in)s moves for the better and %(out)s for the worse.",
                  values
              );
    }

    openFlows(flows, { after, through }, title) {
        const value = (code) => code || false;
        const moves = new Map(flows.map((flow) => [`${flow.from}→${flow.to}`, flow]));
        const pairs = [...moves.values()].map((flow) => [
            ["old_value", "=", value(flow.from)],
            ["new_value", "=", value(flow.to)],
        ]);
        return this.open("crm.relationship.change", title, [
            ["company_id", "=", this.data.company.id],
            ["dimension", "=", "stage"],
            ["cause", "!=", "opening"],
            ["date", ">", after],
            ["date", "<=", through],
            ...anyOf(pairs),
        ]);
    }

    // ----------------------------------------------------------------- stays

    /** The stages with the median of their stays, those that ended and those that last. */
    get stays() {
        const stays = Object.fromEntries(this.data.stays.map((stay) => [stay.code, stay]));
        const rows = this.data.stages.map((stage) => {
            const found = { ended_days: null, ended_count: 0, days: null, count: 0 };
            return { ...stage, title: stage.name, ...found, ...stays[stage.code] };
        });
        const most = Math.max(1, ...rows.flatMap((row) => [row.ended_days, row.days]));
        const width = (days) => `width: ${(100 * (days || 0)) / most}%`;
        return rows.map((row) => ({
            ...row,
            endedWidth: width(row.ended_days),
            width: width(row.days),
        }));
    }

    get wasThereCount() {
        return this.data.stays.reduce((total, stay) => total + stay.was_there_count, 0);
    }

    days(days) {
        return days === null ? "–" : _t("%s days", formatInteger(Math.round(days)));
    }

    // --------------------------------------------------------------- formats

    count(count) {
        return formatInteger(count);
    }

    money(amount) {
        const options = { currencyId: this.data.currency_id, humanReadable: true };
        return formatMonetary(amount, options);
    }

    share(share) {
        return formatPercentage(share, { digits: [16, 1] });
    }

    colorClass(color) {
        return `o_relationship_color_${color % COLORS}`;
    }

    // --------------------------------------------------------------- actions

    /** Open the customers that are in a stage on the last day. */
    openStage({ code, title }) {
        const domain = this.getDomain({ from: ANY, to: code });
        const name = `${title} (${this.day(this.data.date_to)})`;
        return this.open("crm.relationship.profile", name, domain);
    }

    /** Ask for a recalculation; the scheduler does it. */
    async startRun() {
        await this.orm.call("crm.relationship.run", "action_request", [], {
            context: { ...user.context, allowed_company_ids: [this.data.company.id] },
        });
        this.state.isAsked = true;
        return this.load();
    }
}

registry.category("actions").add("crm_relationship_lifecycle", LifecycleBoard);
