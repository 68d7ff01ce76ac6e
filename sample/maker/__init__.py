"""What makes the sample; `sample/make_sample.py` runs it. Nothing of the product imports this."""
