import { registerMessageAction } from "@mail/core/common/message_actions";
import { _t } from "@web/core/l10n/translation";
import { session } from "@web/session";

const MODELS = ["res.partner", "sale.order", "account.move", "crm.lead"];

/** Makes a complaint of what somebody wrote on a customer, an order, an invoice or an opportunity. */
registerMessageAction("relationship-complaint", {
    condition: ({ message, thread }) =>
        session.relationship_complaints &&
        MODELS.includes(thread?.model) &&
        message.message_type !== "notification" &&
        Number.isInteger(message.id),
    icon: "fa fa-bullhorn",
    name: _t("Make a Complaint of It"),
    onSelected: ({ message, store }) =>
        store.env.services.action.doAction(
            "crm_relationship.crm_relationship_complaint_make_action",
            { additionalContext: { default_message_id: message.id } }
        ),
    sequence: 90,
});
