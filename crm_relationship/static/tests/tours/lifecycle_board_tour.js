import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const back = (content) => ({
    content,
    trigger: ".o_control_panel .o_back_button",
    run: "click",
});

registry.category("web_tour.tours").add("crm_relationship_lifecycle", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: ".o_app[data-menu-xmlid='crm_relationship.crm_relationship_menu']",
            run: "click",
        },
        {
            content: "Open the lifecycle",
            trigger: "[data-menu-xmlid='crm_relationship.crm_relationship_lifecycle_board_menu']",
            run: "click",
        },
        {
            content: "Five declined; open them",
            trigger: ".o_relationship_funnel [data-code=decline] .btn-link:contains(5)",
            run: "click",
        },
        {
            content: "They are five",
            trigger:
                ".o_control_panel:has(.o_pager_limit:contains(5)) ~ * .o_data_row:contains(Customer)",
        },
        back("Back to the lifecycle"),
        {
            content: "One climbed; open it",
            trigger: "td.o_relationship_up [data-from=exploration][data-to=formation]:contains(▲1)",
            run: "click",
        },
        {
            content: "It is this customer",
            trigger: ".o_data_row:contains(Tour Climber) td[name=partner_id]",
            run: "click",
        },
        {
            content: "Open its history",
            trigger: "a.nav-link[name=history]",
            run: "click",
        },
        {
            content: "The curve says where it stands",
            trigger: ".o_relationship_stage_curve figcaption:contains(Formation since)",
        },
        {
            content: "Open the step to Formation",
            trigger: ".o_relationship_stage_curve [data-code=formation] circle:last-child",
            run: "click",
        },
        {
            content: "It is the change",
            trigger: ".modal .o_form_view",
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        back("Back to the customers"),
        {
            content: "They are a list",
            trigger: ".o_list_view .o_data_row:contains(Tour Climber)",
        },
        back("Back to the lifecycle"),
        {
            content: "Choose a stage",
            trigger: ".o_relationship_lifecycle select[name=stage]",
            run: "select formation",
        },
        {
            content: "One came into it in May",
            trigger: "[data-month='2025-05-01'] .o_relationship_flow_in [data-kind=up]",
            run: "click",
        },
        {
            content: "It is the change with its customer",
            trigger: ".o_data_row:contains(Tour Climber)",
        },
        back("Back to the lifecycle"),
        {
            content: "The stage is still chosen",
            trigger: ".o_relationship_flow:contains(came into Formation)",
        },
    ],
});
