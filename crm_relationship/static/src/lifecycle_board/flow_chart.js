import { Component } from "@odoo/owl";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

/** Pixels that the largest rise and the largest fall share. */
const HEIGHT = 180;
const SEGMENT_MIN = 3;

/** Who came in and who went out month by month: bars up and down, each opens its changes. */
export class FlowChart extends Component {
    static template = "crm_relationship.FlowChart";
    static props = {
        flows: Array, // { month, from, to, kind, count }
        from: String, // the day after which, and the one through which they are counted
        to: String,
        isIn: Function, // whether a flow is drawn upwards
        isOut: Function,
        kinds: Object, // by key: { sign, label }
        summary: Function, // of the customers that came and went
        open: Function, // told the flows of a bar, its days and its title
        stage: String, // chosen; draws anew
    };

    /** The months of the span, the empty ones too. */
    get months() {
        const last = deserializeDate(this.props.to);
        const months = [];
        let start = deserializeDate(this.props.from).plus({ days: 1 }).startOf("month");
        for (; start <= last; start = start.plus({ months: 1 })) {
            const month = serializeDate(start);
            const flows = this.props.flows.filter((flow) => flow.month === month);
            months.push({
                month,
                start,
                name: start.toLocaleString({ month: "long", year: "numeric" }),
                short: start.toLocaleString({ month: "short" }),
                year: !months.length || start.month === 1 ? String(start.year) : "",
                in: this.prepareSide(flows.filter(this.props.isIn)),
                out: this.prepareSide(flows.filter(this.props.isOut)),
            });
        }
        return months;
    }

    prepareSide(flows) {
        const segments = Object.entries(this.props.kinds)
            .map(([key, kind]) => {
                const own = flows.filter((flow) => flow.kind === key);
                return { key, ...kind, flows: own, count: this.count(own) };
            })
            .filter((segment) => segment.count);
        return { segments, flows, count: this.count(flows) };
    }

    count(flows) {
        return flows.reduce((total, flow) => total + flow.count, 0);
    }

    /** What is drawn: the months, their scale, totals and kinds. */
    prepareChart() {
        const months = this.months;
        const highest = (side) => Math.max(0, ...months.map((month) => month[side].count));
        const [most_in, most_out] = [highest("in"), highest("out")];
        const scale = HEIGHT / Math.max(most_in + most_out, 1);
        const total = (side) => months.reduce((sum, month) => sum + month[side].count, 0);
        return {
            months,
            scale,
            rise: Math.ceil(most_in * scale),
            fall: Math.ceil(most_out * scale),
            total: { in: total("in"), out: total("out") },
            kinds: Object.entries(this.props.kinds)
                .map(([key, kind]) => ({
                    key,
                    ...kind,
                    in: this.sumKind(months, "in", key),
                    out: this.sumKind(months, "out", key),
                }))
                .filter((kind) => kind.in || kind.out),
        };
    }

    sumKind(months, side, key) {
        return months.reduce((sum, month) => sum + this.segmentCount(month[side], key), 0);
    }

    segmentCount(side, key) {
        return side.segments.find((segment) => segment.key === key)?.count || 0;
    }

    height(segment, scale) {
        return `height: ${Math.max(segment.count * scale, SEGMENT_MIN)}px`;
    }

    format(count) {
        return formatInteger(count);
    }

    net(month) {
        const net = month.in.count - month.out.count;
        return `${net > 0 ? "+" : net < 0 ? "−" : ""}${formatInteger(Math.abs(net))}`;
    }

    label(month, segment) {
        return _t("%(month)s: %(count)s %(kind)s", {
            month: month.name,
            count: formatInteger(segment.count),
            kind: segment.label,
        });
    }

    /** Open the changes of `flows`, which are all of one month. */
    open(month, flows, title) {
        const end = serializeDate(month.start.endOf("month"));
        const first = serializeDate(month.start.minus({ days: 1 }));
        const days = {
            after: first > this.props.from ? first : this.props.from,
            through: end < this.props.to ? end : this.props.to,
        };
        return this.props.open(flows, days, title);
    }
}
