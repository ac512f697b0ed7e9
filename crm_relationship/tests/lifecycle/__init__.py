from . import test_ladder_board
from . import test_ladder_explanation
from . import test_ladder_marks
from . import test_milestone
from . import test_referral
from . import test_tour_ladder
