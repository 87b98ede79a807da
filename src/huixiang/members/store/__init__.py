"""SQL of members. What finds a member is looked up in `platform.directory`, and checked against the member's rows."""

from huixiang.members.store.definitions import (
    attribute_definitions,
    insert_sources,
    save_attribute_definitions,
    sources,
)
from huixiang.members.store.directory import DirectoryKey, claim, identify, own_keys, owners, release
from huixiang.members.store.presence import (
    code_used_by,
    delete_codes,
    lock_one_time_code,
    save_one_time_code,
    use_code,
)
from huixiang.members.store.rows import (
    existing,
    find_members,
    insert_members,
    members_after,
    members_in_states,
    update_attributes,
)
from huixiang.members.store.vault import (
    count_of_source,
    identities_of,
    insert_identities,
    insert_key_checks,
    insert_personal,
    insert_wrapped_keys,
    key_checks,
    lock_keys_wrapped_by,
    personal_of,
    update_wrapped_keys,
    wrapped_keys_of,
)

__all__ = [
    "DirectoryKey",
    "attribute_definitions",
    "claim",
    "code_used_by",
    "count_of_source",
    "delete_codes",
    "existing",
    "find_members",
    "identify",
    "identities_of",
    "insert_identities",
    "insert_key_checks",
    "insert_members",
    "insert_personal",
    "insert_sources",
    "insert_wrapped_keys",
    "key_checks",
    "lock_keys_wrapped_by",
    "lock_one_time_code",
    "members_after",
    "members_in_states",
    "own_keys",
    "owners",
    "personal_of",
    "release",
    "save_attribute_definitions",
    "save_one_time_code",
    "sources",
    "update_attributes",
    "update_wrapped_keys",
    "use_code",
    "wrapped_keys_of",
]
