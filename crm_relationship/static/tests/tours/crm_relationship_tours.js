import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

const openMenu = (...xmlids) =>
    xmlids.map((xmlid) => ({
        content: `Open the menu ${xmlid}`,
        trigger: `[data-menu-xmlid='crm_relationship.${xmlid}']`,
        run: "click",
    }));

const openPyramid = () => [
    stepUtils.showAppsMenuItem(),
    {
        content: "Open the app",
        trigger: ".o_app[data-menu-xmlid='crm_relationship.crm_relationship_menu']",
        run: "click",
    },
    {
        content: "It opens on the pyramid",
        trigger: ".o_relationship_pyramid .o_relationship_levels",
    },
];

const openApp = () => [
    ...openPyramid(),
    ...openMenu("crm_relationship_profile_menu"),
    {
        content: "The customers of one's own come first",
        trigger: ".o_searchview_facet:contains(My Customers)",
    },
];

const backToPyramid = () => [
    {
        content: "Go back",
        trigger: ".o_breadcrumb .o_back_button",
        run: "click",
    },
];

const showEverybody = () => [
    {
        content: "Show the customers of the others too",
        trigger: ".o_searchview_facet:contains(My Customers) .o_facet_remove",
        run: "click",
    },
];

tours.add("crm_relationship_salesperson", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        {
            content: "One's own customer is there, with its tier",
            trigger: ".o_data_row:contains(Tour Own):contains(A · VIP)",
        },
        {
            content: "Those of a colleague are not",
            trigger: ".o_list_view:not(:contains(Tour Foreign))",
        },
        {
            content: "Ask why in the list",
            trigger: ".o_data_row:contains(Tour Own) button[name='action_explain_tier']",
            run: "click",
        },
        {
            content: "The answer names the tier, the rank and the place on the ladder",
            trigger:
                ".modal .o_relationship_why:contains(rank 1 of 20) tr.table-active:contains(this customer)",
        },
        { content: "Close", trigger: ".modal-footer button:contains(Close)", run: "click" },
        {
            content: "Open the customer",
            trigger: "body:not(:has(.modal)) .o_data_row:contains(Tour Own) td[name='partner_id']",
            run: "click",
        },
        {
            content: "The form explains it too",
            trigger: ".o_form_view .o_relationship_why:contains(Tour Own is A · VIP since)",
        },
        {
            content: "A salesperson decides nothing by hand",
            trigger: ".o_form_view:not(:has(button:contains(Set Manual Tier)))",
        },
        {
            content: "Open the contact",
            trigger: "button[name='action_open_partner']",
            run: "click",
        },
        {
            content: "The tier stands beside the name",
            trigger: ".o_form_view div[name='relationship_tier']:contains(A · VIP)",
        },
        {
            content: "Ask why there",
            trigger: "div[name='relationship_tier'] button[name='action_explain_relationship']",
            run: "click",
        },
        {
            content: "The same answer",
            trigger: ".modal .o_relationship_why:contains(Tour Own is A · VIP since)",
        },
        { content: "Close", trigger: ".modal-footer button:contains(Close)", run: "click" },
        { content: "It is closed", trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("crm_relationship_manual_tier", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        ...showEverybody(),
        {
            content: "Open the customer",
            trigger: ".o_data_row:contains(Tour Foreign) td[name='partner_id']",
            run: "click",
        },
        {
            content: "Decide by hand",
            trigger: ".o_form_view button:contains(Set Manual Tier)",
            run: "click",
        },
        {
            content: "Choose the tier",
            trigger: ".modal div[name='tier_id'] input",
            run: "edit B",
        },
        {
            content: "Take it",
            trigger: ".ui-autocomplete a:contains(B · Major)",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal div[name='reason'] input",
            run: "edit Group contract signed",
        },
        {
            content: "Apply",
            trigger: ".modal-footer button:contains(Set Tier)",
            run: "click",
        },
        {
            content: "It holds at once",
            trigger: ".o_form_view .oe_title .badge:contains(B · Major)",
        },
        {
            content: "The answer to why is the reason given",
            trigger: ".o_relationship_why:contains(Group contract signed)",
        },
        { content: "Open the history", trigger: "a[name='history']", run: "click" },
        {
            content: "The decision stands there",
            trigger: ".o_data_row:contains(Manual tier):contains(Group contract signed)",
        },
    ],
});

tours.add("crm_relationship_recalculate", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        ...openMenu("crm_relationship_history_menu", "crm_relationship_run_menu"),
        {
            content: "The runs so far are done",
            trigger: ".o_data_row .badge:contains(Done)",
        },
        {
            content: "Ask for another one",
            trigger: ".o_control_panel button[name='action_start']",
            run: "click",
        },
        {
            content: "It waits for the scheduler",
            trigger: ".o_data_row .badge:contains(Waiting)",
        },
        ...openMenu("crm_relationship_profile_menu"),
        {
            content: "Back at the customers",
            trigger: ".o_searchview_facet:contains(My Customers)",
        },
    ],
});

tours.add("crm_relationship_policy", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        ...openMenu("crm_relationship_configuration_menu", "crm_relationship_tier_policy_menu"),
        {
            content: "Open the active policy",
            trigger: ".o_data_row:contains(Active) td[name='name']",
            run: "click",
        },
        {
            content: "Look at half a year",
            trigger: "div[name='window_months'] input",
            run: "edit 6 && press Tab",
        },
        {
            content: "The policy says so in words",
            trigger: "div[name='summary']:contains(the last 6 months)",
        },
        ...stepUtils.saveForm(),
        ...openMenu("crm_relationship_configuration_menu", "crm_relationship_setup_menu"),
        {
            content: "The checklist knows the policy",
            trigger: ".o_relationship_steps div[name='policy']:contains(Done):contains(6 months)",
        },
    ],
});

tours.add("crm_relationship_pyramid", {
    url: "/odoo",
    steps: () => [
        ...openPyramid(),
        {
            content: "Each level has its customers; the newcomers stand apart",
            trigger:
                ".o_relationship_row[data-code='D']:contains(14):has(+ [data-key='newcomers']:contains(1))",
        },
        {
            content: "Look at the movers of the last twelve months",
            trigger: "select[name='period']",
            run: "select year",
        },
        {
            content: "One customer rose to the top",
            trigger: ".o_relationship_row[data-code='A'] button[name='up']:contains(1 up)",
            run: "click",
        },
        {
            content: "It is the only one in the list",
            trigger:
                ".o_list_view:has(.o_data_row:contains(Tour Riser)):not(:has(.o_data_row + .o_data_row))",
        },
        ...backToPyramid(),
        {
            content: "The period is the one chosen before",
            trigger: ".o_relationship_levels:has([data-code='A'] button[name='up']:contains(1 up))",
        },
        {
            content: "Open the lowest level by its drawing",
            trigger: ".o_relationship_row[data-code='D'] .o_relationship_level",
            run: "click",
        },
        {
            content: "The list has as many customers as the level said",
            trigger: ".o_list_view .o_pager_limit:contains(14)",
        },
        ...backToPyramid(),
        {
            content: "Look at a past evaluation",
            trigger: "select[name='day']",
            run: "selectByIndex 2",
        },
        {
            content: "It had one customer less, and nobody stood apart",
            trigger:
                ".o_relationship_pyramid:has(button[name='customers']:contains(19)):not(:has([data-key]))",
        },
        {
            content: "Why these tiers?",
            trigger: ".o_relationship_policy summary",
            run: "click",
        },
        {
            content: "The policy explains itself",
            trigger: ".o_relationship_policy[open] p:contains(Customers are ranked by)",
        },
    ],
});
