import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("crm_relationship_complaint_portal_file", {
    url: "/my",
    steps: () => [
        {
            content: "Go to the complaints",
            trigger: "a[href='/my/complaints']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "File one",
            trigger: "a[href='/my/complaints/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What it is",
            trigger: "input[name=subject]",
            run: "edit Tour: the press is loud",
        },
        {
            content: "What happened",
            trigger: "textarea[name=description]",
            run: "edit It rattles since Monday",
        },
        {
            content: "What is asked for",
            trigger: "textarea[name=demand]",
            run: "edit A quiet one",
        },
        {
            content: "Send it",
            trigger: ".o_portal_complaint_new button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is received, and it is said so",
            trigger: ".alert-success:contains(We have your complaint)",
        },
        {
            content: "The line shows where it is",
            trigger: ".o_complaint_steps .o_now:contains(Received)",
        },
    ],
});

tours.add("crm_relationship_complaint_portal_dispute", {
    steps: () => [
        {
            content: "The answer is there",
            trigger: "section[name=answer]:contains(We replace it)",
        },
        {
            content: "Dispute it",
            trigger: "details[name=dispute] summary",
            run: "click",
        },
        {
            content: "Why",
            trigger: "details[name=dispute] textarea",
            run: "edit Tour: the new one is loud too",
        },
        {
            content: "Send it",
            trigger: "details[name=dispute] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is looked into again",
            trigger: ".alert-success:contains(look into it again)",
        },
        {
            content: "What was written stands there",
            trigger: "section[name=messages]:contains(loud too)",
        },
    ],
});

tours.add("crm_relationship_complaint_portal_accept", {
    steps: () => [
        {
            content: "Accept the answer",
            trigger: "button[name=accept]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "All steps are done",
            trigger: ".o_complaint_steps:not(:has(.o_now)):contains(Settled)",
        },
    ],
});

tours.add("crm_relationship_complaint_portal_rate", {
    steps: () => [
        {
            content: "Rate it",
            trigger: "[name=rate] a:contains(Rate)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The handling was good",
            trigger: "label:has(input[name=handling][value='5'])",
            run: "click",
        },
        {
            content: "The outcome so-so",
            trigger: "label:has(input[name=outcome][value='3'])",
            run: "click",
        },
        {
            content: "Send it",
            trigger: ".o_portal_complaint_rate button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Thanks",
            trigger: ".alert-success:contains(Thank you for your rating)",
        },
    ],
});
