import { registry } from "@web/core/registry";
import { ComplaintCount } from "./complaint_count";

/** How many complaints the contact is responsible for; nothing is shown where there is none. */
export class ResponsibleCount extends ComplaintCount {
    static template = "crm_relationship.ResponsibleCount";

    get method() {
        return "get_relationship_responsible_count";
    }
}

registry.category("view_widgets").add("relationship_responsible_count", {
    component: ResponsibleCount,
});
