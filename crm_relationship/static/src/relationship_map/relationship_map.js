import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { HierarchyCard } from "@web_hierarchy/hierarchy_card";
import { HierarchyModel } from "@web_hierarchy/hierarchy_model";
import { HierarchyRenderer } from "@web_hierarchy/hierarchy_renderer";
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

    /**
     * Draw the whole chain again after a drag: no branch is folded for another one.
     *
     * @override
     */
    async updateParentNode(nodeId, { parentNodeId }) {
        const node = this.root.nodePerNodeId[nodeId];
        const parent = parentNodeId ? this.root.nodePerNodeId[parentNodeId] : null;
        if (parent?.resId === node.parentNode?.resId) {
            return;
        }
        if (parent && !this.validateUpdateParentNode(node, parent)) {
            return;
        }
        await this.mutex.exec(() => this.updateParentId(node, parent?.resId || false));
        await this.reload();
    }
}

/**
 * A contact and those who report to it, each with its own.
 */
export class RelationshipMapBranch extends Component {
    static template = "crm_relationship.RelationshipMapBranch";
    static components = { HierarchyCard, RelationshipMapBranch };
    static props = { node: Object, openRecord: Function, archInfo: Object };

    /**
     * Whether nobody reports to those who report here: they are listed below each other, so
     * that the map stays as narrow as the screen.
     */
    get isLastLevel() {
        return this.props.node.nodes.every((node) => !node.nodes.length);
    }
}

export class RelationshipMapRenderer extends HierarchyRenderer {
    static template = "crm_relationship.RelationshipMapRenderer";
    static components = { RelationshipMapBranch };

    get roots() {
        return this.props.model.root.rootNodes;
    }

    /**
     * Dropped on a contact it reports to that one, and dropped on the top to nobody.
     *
     * @override
     */
    async nodeDrop({ element, newParentNode }) {
        await this.props.model.updateParentNode(element.dataset.nodeId, {
            parentNodeId: newParentNode?.dataset.nodeId,
        });
    }
}

registry.category("views").add("relationship_map", {
    ...hierarchyView,
    Model: RelationshipMapModel,
    Renderer: RelationshipMapRenderer,
});
