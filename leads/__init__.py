"""A file of leads -> clean, typed facts; what could not be read, and why.

``read_lists(paths, book, options)`` opens the lists of a run and gives a ``Reading``: iterating
it yields ``Lead`` and ``Rejected`` items in the order of the files, as a stream. Each of its
``listings`` says what was detected (encoding, delimiter, sheet, headers) and, once it is read,
which cells were not understood. A list that cannot be used as a whole is a ``ListError``.
"""

from leadgrade.leads.listing import Listing, open_list
from leadgrade.leads.mapping.headers import HeaderMap
from leadgrade.leads.reading import Reading, read_lists
from leadgrade.leads.terms import (
    BarePercent,
    DateOrder,
    ListError,
    OnDuplicate,
    Options,
    Rejected,
    Unread,
)

__all__ = [
    "BarePercent",
    "DateOrder",
    "HeaderMap",
    "ListError",
    "Listing",
    "OnDuplicate",
    "Options",
    "Reading",
    "Rejected",
    "Unread",
    "open_list",
    "read_lists",
]
