from . import test_pos_flow
from . import test_pos_margin
from . import test_pos_order
from . import test_pos_purchases
from . import test_pos_regulars
