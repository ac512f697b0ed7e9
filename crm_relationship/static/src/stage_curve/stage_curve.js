import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { HistoryWidget } from "../history_widget/history_widget";

const HEIGHT = 170;
const COLORS = 12;
/** Room at the right end for today's mark, in percent of the width. */
const END_PERCENT = 3;
/** Less than so much time before the history is not drawn, in percent of the width. */
const BEFORE_PERCENT = 2;
/** A step takes so much of the time before it, and at most so much of the width. */
const STEP_SHARE = 0.6;
const STEP_PERCENT = 12;
/** How high the stages lie on the curve, from 0 at the bottom to 1. */
const LEVELS = {
    stability: 0.82,
    formation: 0.62,
    decline: 0.46,
    exploration: 0.34,
    prospect: 0.17,
    lost: 0.17,
    "": 0.17,
};
/** Stages that always have a name at the edge; the others where the customer had them. */
const USUAL = ["stability", "formation", "exploration"];

/**
 * The relationship over time: the curve of the lifecycle through the stages that the
 * customer had. `x` is in percent of the width, `y` in pixels.
 */
export class StageCurve extends HistoryWidget {
    static template = "crm_relationship.StageCurve";
    static props = { ...HistoryWidget.props, stageField: { type: String, optional: true } };
    static defaultProps = { ...HistoryWidget.defaultProps, stageField: "stage_id" };
    static method = "get_stage_curve";

    /** Read with the stage, so that a new stage draws anew. */
    profileId(record, props) {
        void record.data[props.stageField]?.id;
        this.state.hasProfile = Boolean(super.profileId(record, props));
        return super.profileId(record, props);
    }

    get height() {
        return HEIGHT;
    }

    layOut(line) {
        const stages = Object.fromEntries(line.stages.map((stage) => [stage.code, stage]));
        const begin = deserializeDate(line.points[0].date);
        const last = deserializeDate(line.until || line.points.at(-1).date);
        const first = this.firstDay(line, begin, last);
        const days = Math.max(last.diff(first, "days").days, 1);
        const place = (day) => ((100 - END_PERCENT) * day.diff(first, "days").days) / days;
        const points = line.points.map((point) => ({
            ...point,
            x: place(deserializeDate(point.date)),
            y: this.level(point.code),
            color: this.colorClass(stages[point.code]?.color || 0),
        }));
        const end = place(last);
        return {
            ...line,
            points,
            zones: this.zones(points, end),
            curves: this.curves(points, end),
            before: points[0].x > BEFORE_PERCENT ? this.before(points[0]) : null,
            names: this.names(line),
            ticks: this.ticks(first, last, place),
            today: { x: end, ...this.today(...points.slice(-2)) },
            since: line.since && formatDate(deserializeDate(line.since)),
            isSinceShown: Boolean(line.since) && deserializeDate(line.since) < first,
            hasBackfilled: points.some((point) => point.is_backfilled),
            summary: this.summary(line),
        };
    }

    /** The first purchase, unless the time before the history is longer than the history. */
    firstDay({ since }, begin, last) {
        const bought = since ? deserializeDate(since) : begin;
        const known = last.diff(begin, "days").days;
        return bought < begin && begin.diff(bought, "days").days <= known ? bought : begin;
    }

    level(code) {
        return Math.round((1 - (LEVELS[code] ?? LEVELS[""])) * HEIGHT);
    }

    colorClass(color) {
        return `o_relationship_color_${color % COLORS}`;
    }

    /** The time in each stage, as bands with a name. */
    zones(points, end) {
        return points.map((point, index) => ({
            ...point,
            width: Math.max((points[index + 1]?.x ?? end) - point.x, 0),
        }));
    }

    /**
     * The line: level within a stage, with a smooth step that arrives on the day of the
     * change. One piece a stage, for what was backfilled is drawn lighter.
     */
    curves(points, end) {
        return points.map((point, index) => {
            const next = points[index + 1];
            const from = `M ${point.x} ${point.y}`;
            if (!next) {
                return { d: `${from} L ${end} ${point.y}`, isDashed: point.is_backfilled };
            }
            const step = Math.min((next.x - point.x) * STEP_SHARE, STEP_PERCENT);
            const [start, middle] = [next.x - step, next.x - step / 2];
            const curve = `C ${middle} ${point.y} ${middle} ${next.y} ${next.x} ${next.y}`;
            return {
                d: `${from} L ${start} ${point.y} ${curve}`,
                isDashed: next.is_backfilled || point.is_backfilled,
            };
        });
    }

    /** From the first purchase to where the history begins: only that it bought is known. */
    before(point) {
        const y = this.level("prospect");
        const middle = point.x / 2;
        return `M 0 ${y} C ${middle} ${y} ${middle} ${point.y} ${point.x} ${point.y}`;
    }

    /** The names of the levels at the edge. */
    names({ stages, points }) {
        const had = new Set(points.map((point) => point.code));
        const shown = stages.filter(({ code }) => USUAL.includes(code) || had.has(code));
        const byLevel = new Map();
        for (const stage of shown) {
            const y = this.level(stage.code);
            byLevel.set(y, [...(byLevel.get(y) || []), stage.name]);
        }
        return [...byLevel].map(([y, names]) => ({ y, name: names.join(" / ") }));
    }

    /** Today's mark; its word stands where the line does not come from. */
    today(former, point = former) {
        return {
            y: point.y,
            color: point.color,
            text: _t("Today: %s", point.label),
            isBelow: former.y < point.y,
        };
    }

    /** What the picture is, for those who do not see it. */
    get title() {
        const { name: customer, summary } = this.state.line;
        return _t("Lifecycle of %(customer)s. %(summary)s", { customer, summary });
    }

    /** What the picture shows, in a sentence. */
    summary({ points }) {
        const last = points.at(-1);
        return _t("%(stage)s since %(day)s.", {
            stage: last.label,
            day: formatDate(deserializeDate(last.date)),
        });
    }

    label(point) {
        const { day, former, label: stage, cause, reason } = point;
        const values = { day, former, stage, cause, reason };
        if (point.is_backfilled) {
            return former
                ? _t("%(day)s: %(former)s → %(stage)s, %(cause)s (backfilled). %(reason)s", values)
                : _t("%(day)s: %(stage)s, %(cause)s (backfilled). %(reason)s", values);
        }
        return former
            ? _t("%(day)s: %(former)s → %(stage)s, %(cause)s. %(reason)s", values)
            : _t("%(day)s: %(stage)s, %(cause)s. %(reason)s", values);
    }
}

registry.category("view_widgets").add("relationship_stage_curve", {
    component: StageCurve,
    extractProps: ({ attrs }) => ({ profileField: attrs.profile, stageField: attrs.stage }),
});
