"""How long the product's main jobs take, as ratios to a trivial request.

Machines differ and are shared, so each case is measured in turn with `GET me/` on the
same server, and only the ratio of the medians is worth comparing.
"""
