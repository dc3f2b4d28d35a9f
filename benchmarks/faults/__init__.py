"""Twelve faults, and slow and large requests besides: what readers and editors see, and what is there afterwards."""
