import { Component, onWillUnmount, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Tells the server that the user has opened the complaint: executives alone have it. */
export class ComplaintRead extends Component {
    static template = xml`<t />`;
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.told = null;
        useRecordObserver((record) => this.tell(record));
        onWillUnmount(() => (this.told = null));
    }

    tell({ resModel, resId }) {
        if (!resId || this.told === resId) {
            return;
        }
        this.told = resId;
        this.orm.silent.call(resModel, "mark_read", [[resId]]);
    }
}

registry.category("view_widgets").add("relationship_complaint_read", {
    component: ComplaintRead,
});
