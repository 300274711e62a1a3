"""Measures speed and memory on this machine, beside other engines on the same work.

``python -m bench`` from the root of the project; see ``bench/__main__.py``.
"""
