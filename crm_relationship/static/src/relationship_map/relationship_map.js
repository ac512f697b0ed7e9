import { registry } from "@web/core/registry";
import { HierarchyModel } from "@web_hierarchy/hierarchy_model";
import { hierarchyView } from "@web_hierarchy/hierarchy_view";

/**
 * The decision chain as a map: the whole chain at once, not branch by branch, so that
 * nobody is overlooked.
 */
export class RelationshipMapModel extends HierarchyModel {
    /**
     * All contacts are read, whether or not something is searched.
     *
     * @override
     */
    isSearchDefaultOrEmpty() {
        return false;
    }

    /**
     * Hang each contact below the one it reports to, on all levels.
     *
     * @override
     */
    _formatData(data) {
        const byId = new Map(data.map((record) => [record.id, record]));
        const children = new Map();
        const roots = [];
        for (const record of byId.values()) {
            const parentId = record[this.parentFieldName]?.id;
            if (byId.has(parentId)) {
                children.set(parentId, [...(children.get(parentId) || []), record]);
            } else {
                roots.push(record);
            }
        }
        for (const record of byId.values()) {
            record[this.childFieldName] = children.get(record.id) || [];
        }
        return roots;
    }
}

registry.category("views").add("relationship_map", {
    ...hierarchyView,
    Model: RelationshipMapModel,
});
