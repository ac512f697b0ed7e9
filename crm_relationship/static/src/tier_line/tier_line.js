import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { HistoryWidget } from "../history_widget/history_widget";

const LEVEL_HEIGHT = 34;
const MARGIN_PERCENT = 2;

/** The customer's way through the tiers, as a line that steps at each change. */
export class TierLine extends HistoryWidget {
    static template = "crm_relationship.TierLine";
    static props = { ...HistoryWidget.props, tierField: { type: String, optional: true } };
    static defaultProps = { ...HistoryWidget.defaultProps, tierField: "tier_id" };
    static method = "get_tier_line";

    /** Read with the tier, so that a new tier draws anew. */
    profileId(record, props) {
        void record.data[props.tierField]?.id;
        return super.profileId(record, props);
    }

    /** Give points their places: `x` in percent of the width, `y` in pixels. */
    layOut(line) {
        const levels = [...line.tiers];
        if (line.points.some((point) => !point.code)) {
            levels.push({ code: "", name: _t("No tier"), color: 0 });
        }
        const first = deserializeDate(line.points[0].date);
        const last = deserializeDate(line.until || line.points.at(-1).date);
        const days = Math.max(last.diff(first, "days").days, 1);
        const place = (day) =>
            MARGIN_PERCENT + ((100 - 2 * MARGIN_PERCENT) * day.diff(first, "days").days) / days;
        const points = line.points.map((point, index) => {
            const level = levels.findIndex((one) => one.code === point.code);
            const before = index ? line.points[index - 1].code : "";
            return {
                ...point,
                x: place(deserializeDate(point.date)),
                y: (level + 0.5) * LEVEL_HEIGHT,
                shape: this.shape(point, levels, before),
            };
        });
        return {
            ...line,
            levels,
            points,
            pieces: this.pieces(points, place(last)),
            ticks: this.ticks(first, last, place),
            height: levels.length * LEVEL_HEIGHT,
            summary: this.summary(line),
            hasBackfilled: line.points.some((point) => point.is_backfilled),
        };
    }

    /** Rising and falling have shapes of their own, not only colours. */
    shape(point, levels, before) {
        const place = (code) => levels.findIndex((level) => level.code === code);
        if (!point.code || !before || place(point.code) === place(before)) {
            return "other";
        }
        return place(point.code) < place(before) ? "up" : "down";
    }

    /** The lines: along a tier until the next change, then over to its tier. */
    pieces(points, end) {
        return points.flatMap((point, index) => {
            const next = points[index + 1];
            const right = next ? next.x : end;
            const common = { isDashed: point.is_backfilled, isNone: !point.code };
            const along = { ...common, x1: point.x, x2: right, y1: point.y, y2: point.y };
            const over = { ...common, x1: right, x2: right, y1: point.y, y2: next?.y };
            return next ? [along, { ...over, isNone: !point.code || !next.code }] : [along];
        });
    }

    /** What the picture is, for those who do not see it. */
    get title() {
        const { name: customer, summary } = this.state.line;
        return _t("Tiers of %(customer)s. %(summary)s", { customer, summary });
    }

    /** What the picture shows, in a sentence. */
    summary({ points }) {
        const last = points.at(-1);
        const since = formatDate(deserializeDate(last.date));
        return last.code
            ? _t("%(tier)s since %(day)s.", { tier: last.label, day: since })
            : _t("No tier since %(day)s.", { day: since });
    }

    label(point) {
        const { day, label: tier, cause, reason } = point;
        const values = { day, tier, cause, reason };
        return point.is_backfilled
            ? _t("%(day)s: %(tier)s, %(cause)s (backfilled). %(reason)s", values)
            : _t("%(day)s: %(tier)s, %(cause)s. %(reason)s", values);
    }
}

registry.category("view_widgets").add("relationship_tier_line", {
    component: TierLine,
    extractProps: ({ attrs }) => ({ profileField: attrs.profile, tierField: attrs.tier }),
});
