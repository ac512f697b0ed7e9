from . import crm_relationship_document_mixin
from . import crm_relationship_tier_policy
from . import crm_relationship_tier
from . import crm_relationship_tier_cut
from . import crm_relationship_profile
from . import crm_relationship_profile_explanation
from . import crm_relationship_change
from . import crm_relationship_run
