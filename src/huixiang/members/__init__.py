"""Who a person is, across every channel: identities, profile, state, and the vault that holds personal data."""
