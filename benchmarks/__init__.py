"""How long the product's main jobs take, as ratios to what they are built upon.

Machines differ and are shared. Each job is therefore measured in turn with its floor,
in the same minute on the same server: with `GET me/`, which is the cost of any request
of somebody signed in, and where that tells more with the bare SQL. Only the ratios are
worth comparing.
"""
