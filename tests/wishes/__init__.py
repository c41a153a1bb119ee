"""An app that only the tests know: a resident's wish. What the portal calls generic has it as its second user."""
