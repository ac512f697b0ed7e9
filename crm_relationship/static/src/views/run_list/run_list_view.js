import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

const REFRESH_MS = 4000;
const ON = ["pending", "running"];

/** The list of recalculations; while one is on, it refreshes itself. */
export class RunListController extends ListController {
    setup() {
        super.setup();
        onMounted(() => {
            this.refresher = setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => clearInterval(this.refresher));
    }

    async refresh() {
        const { root, useSampleModel } = this.model;
        const isOn = root.records.some((record) => ON.includes(record.data.state));
        if (isOn && !useSampleModel && !root.selection.length && !document.hidden) {
            await root.load();
        }
    }
}

registry.category("views").add("crm_relationship_run_list", {
    ...listView,
    Controller: RunListController,
});
