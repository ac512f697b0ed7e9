from . import test_credit_score
from . import test_second_opinion
from . import test_credit_nights
from . import test_credit_policy
from . import test_credit_entries
from . import test_credit_explanation
from . import test_credit_merge
from . import test_tour_credit
