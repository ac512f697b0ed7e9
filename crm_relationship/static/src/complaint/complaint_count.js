import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** How many complaints belong to the record, asked for after its form is shown. */
export class ComplaintCount extends Component {
    static template = "crm_relationship.ComplaintCount";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ total: null, open: 0 });
        this.asked = null;
        useRecordObserver((record) => this.ask(record));
        onWillUnmount(() => (this.asked = null));
    }

    get method() {
        return "get_relationship_complaint_count";
    }

    get open() {
        return _t("(%(quantity)s open)", { quantity: this.state.open });
    }

    /** The form goes on meanwhile, and an answer for a record left behind is dropped. */
    ask(record) {
        const { resModel, resId } = record;
        if (!resId || this.asked === resId) {
            return;
        }
        this.asked = resId;
        this.orm.silent.call(resModel, this.method, [[resId]]).then((counts) => {
            if (this.asked === resId) {
                Object.assign(this.state, counts);
            }
        });
    }
}

registry.category("view_widgets").add("relationship_complaint_count", {
    component: ComplaintCount,
});
