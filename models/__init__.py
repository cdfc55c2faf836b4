"""The trained models, their cards, the runtime that runs them and the code that trained them."""
