"""The programme's terms: told of before they change, read in every version, accepted by version."""
