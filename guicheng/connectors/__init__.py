"""Which systems outside do we talk to, and are they well? Messages to a person, and sign-in. Off until they are set."""
