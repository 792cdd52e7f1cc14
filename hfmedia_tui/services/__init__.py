"""What the screens and the command line ask for goes through here: an ask becomes an order, an order becomes jobs.

This room opens and closes the rooms below in order, and is the only wiring diagram of the house. It must never draw,
and it knows SQL, HTTP and providers only by the rooms that do.
"""

from hfmedia_tui.engine.tools import Limits
from hfmedia_tui.services.account import account_name
from hfmedia_tui.services.house import Services
from hfmedia_tui.services.offers import Offers
from hfmedia_tui.services.opening import find_endpoints, open_services
from hfmedia_tui.services.ordering import Ask
from hfmedia_tui.services.spending import paid_today

__all__ = [
    'Ask',
    'Limits',
    'Offers',
    'Services',
    'account_name',
    'find_endpoints',
    'open_services',
    'paid_today',
]
