import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const MAX_TICKS = 6;
/** Months between two ticks; the first that gives few enough is taken. */
const TICK_MONTHS = [1, 3, 6, 12, 24, 60, 120];

/** A picture of a customer's history: reads the points, draws them and opens their changes. */
export class HistoryWidget extends Component {
    static props = { ...standardWidgetProps, profileField: { type: String, optional: true } };
    static defaultProps = { profileField: "" };
    /** The method of the profile that tells the points. */
    static method = "";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ line: null, point: null });
        useRecordObserver((record, props) => this.load(this.profileId(record, props)));
    }

    /** The profile to draw; what else is read of the record draws anew when it changes. */
    profileId(record, { profileField }) {
        return profileField ? record.data[profileField]?.id : record.resId;
    }

    async load(profileId) {
        const call = profileId
            ? this.orm.call("crm.relationship.profile", this.constructor.method, [[profileId]])
            : Promise.resolve(null);
        const line = await this.keepLast.add(call);
        this.state.point = null;
        this.state.line = line && line.points.length ? this.layOut(line) : null;
    }

    /** Give what was read its places. */
    layOut(line) {
        return line;
    }

    ticks(first, last, place) {
        const months = Math.max(last.diff(first, "months").months, 0);
        const step = TICK_MONTHS.find((one) => months / one <= MAX_TICKS) || TICK_MONTHS.at(-1);
        const format = { ...(step < 12 && { month: "short" }), year: "numeric" };
        const ticks = [];
        let day = first.startOf(step < 12 ? "month" : "year");
        for (; day <= last; day = day.plus({ months: step })) {
            if (day >= first) {
                ticks.push({ x: place(day), label: day.toLocaleString(format) });
            }
        }
        return ticks;
    }

    onKeydown(ev, point) {
        if (["Enter", " "].includes(ev.key)) {
            ev.preventDefault();
            this.openPoint(point);
        }
    }

    openPoint(point) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Change"),
            res_model: "crm.relationship.change",
            res_id: point.id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}
