import { registry } from "@web/core/registry";

const BANNER = "div[name=relationship_check]";

registry.category("web_tour.tours").add("crm_relationship_order_blocked", {
    steps: () => [
        {
            content: "The banner says what speaks against the order",
            trigger: `${BANNER}:contains(credit limit of)`,
        },
        {
            content: "Confirm it nevertheless",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It is refused, with what to do",
            trigger:
                ".modal .o_error_dialog:contains(Ask a credit approver), .modal:contains(Ask a credit approver)",
        },
        {
            content: "Close the message",
            trigger: ".modal footer button:visible",
            run: "click",
        },
        {
            content: "Ask for its release",
            trigger: `body:not(:has(.modal)) ${BANNER} button[name=action_ask_release]`,
            run: "click",
        },
        {
            content: "It waits",
            trigger: `${BANNER}:contains(It waits for its release)`,
        },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_order_release", {
    steps: () => [
        {
            content: "The order waits in the approver's list",
            trigger: ".o_data_row:contains(Tour Debtor) button[name=action_release_credit]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal [name=reason] textarea",
            run: "edit The bank guarantees it",
        },
        {
            content: "Release it",
            trigger: ".modal button[name=action_release]",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: "body:not(:has(.modal)) .o_view_nocontent",
        },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_order_confirmed", {
    steps: () => [
        {
            content: "The order is released",
            trigger: ".alert-success:contains(released this order)",
        },
        {
            content: "Confirm it",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It is confirmed",
            trigger: ".o_arrow_button_current:contains(Sales Order)",
        },
        {
            content: "The release is one click away",
            trigger: "button[name=action_open_relationship_releases]",
            run: "click",
        },
        {
            content: "It is kept",
            trigger: ".o_data_row:contains(The bank guarantees it)",
        },
    ],
});
