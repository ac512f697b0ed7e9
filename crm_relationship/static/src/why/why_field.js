import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class WhyPopover extends Component {
    static template = "crm_relationship.WhyPopover";
    static props = { text: String, close: { type: Function, optional: true } };
}

/** Says why something is as it is when it is asked: a sentence is too wide for a list. */
export class WhyField extends Component {
    static template = "crm_relationship.WhyField";
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(WhyPopover, { position: "left" });
    }

    get text() {
        return this.props.record.data[this.props.name] || "";
    }

    ask(ev) {
        this.popover.open(ev.currentTarget, { text: this.text });
    }
}

registry.category("fields").add("relationship_why", {
    component: WhyField,
    displayName: _t("Why?"),
    supportedTypes: ["char"],
});
