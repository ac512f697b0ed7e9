import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/**
 * The colours of the margin. Each has a sign and a word beside it, for those who do not see it.
 *
 * @type {Record<string, {sign: string, label: string, cssClass: string}>}
 */
export const MARGIN_HEALTH = {
    red: { sign: "▼", label: _t("Loss"), cssClass: "text-bg-danger" },
    amber: { sign: "◆", label: _t("Thin"), cssClass: "text-bg-warning" },
    green: { sign: "●", label: _t("Healthy"), cssClass: "text-bg-success" },
};

/** A customer's margin as a badge; nothing where there is nothing to judge. */
export class MarginHealthField extends BadgeField {
    static template = "crm_relationship.MarginHealthField";

    get health() {
        return MARGIN_HEALTH[this.props.record.data[this.props.name]];
    }
}

registry.category("fields").add("relationship_margin_health", {
    ...badgeField,
    component: MarginHealthField,
    displayName: _t("Margin Health"),
    supportedTypes: ["selection"],
    supportedOptions: [],
});
