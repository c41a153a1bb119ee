"""The pages on which the apps meet: they alone look up to them."""
