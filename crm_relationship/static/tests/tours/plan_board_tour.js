import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_relationship_plan_board", {
    url: "/odoo/key-account-board",
    steps: () => [
        {
            content: "The account stands under its owner, with its health",
            trigger:
                ".o_relationship_plan_group:contains(plan_owner) ~ .o_relationship_plan:contains(Board Customer):contains(Critical)",
        },
        {
            content: "What is overdue",
            trigger:
                ".o_relationship_plan:contains(Board Customer):contains(Late call):contains(Overdue)",
        },
        {
            content: "Without the owners",
            trigger: "button[name=grouped]",
            run: "click",
        },
        {
            content: "The owner has a column",
            trigger:
                ".o_relationship_plan_board:not(:has(.o_relationship_plan_group)) td[data-label=Owner]:contains(plan_owner)",
        },
        {
            content: "The active ones only",
            trigger: "button[name=active]",
            run: "click",
        },
        {
            content: "The draft is gone",
            trigger:
                ".o_relationship_plan_board:not(:has(.o_relationship_plan:contains(Draft Customer)))",
        },
        {
            content: "Open the plan",
            trigger: ".o_relationship_plan_customer button:contains(Board Customer)",
            run: "click",
        },
        {
            content: "Why it is so unhealthy",
            trigger: ".o_form_view .o_relationship_health_why:contains(What would lift it most)",
        },
        {
            content: "The same from the header",
            trigger: "button[name=action_open_health]",
            run: "click",
        },
        {
            content: "It is explained",
            trigger: ".modal .o_relationship_health_why:contains(Weighted mean)",
        },
    ],
});
