"""The refusals: why a credential was not believed, for our metrics and never for who showed it."""

from typing import Literal

Code = Literal[
    "token_missing",
    "token_too_large",
    "token_malformed",
    "token_header",
    "token_key",
    "token_algorithm",
    "token_claims",
    "token_issuer",
    "token_audience",
    "token_early",
    "token_expired",
    "token_lifetime",
    "token_subject",
    "token_mode",
    "token_origin",
    "token_nonce",
    "token_used",
    "token_revoked",
    "token_auth_time",
    "token_clock",
    "token_signature",
    "token_unreadable",
    "origin_missing",
    "origin_null",
    "key_unusable",
    "api_key",
    "api_key_scope",
    "token_site",
    "token_subject_mismatch",
    "form_unreadable",
    "action_place",
    "unknown_site",
    "unknown_path",
    "unknown_moment",
    "ticket_spent",
    "ticket_place",
    "flow_unreadable",
    "flow_mismatch",
    "return_url",
    "state_missing",
    "code_spent",
    "code_state",
    "not_editable",
    "not_skippable",
    "request_body",
    "too_many",
]


# On a site that is a sandbox its developer is told the code, by this header of the answer; where
# every code is explained is a page of ours.
HEADER = "askonce-refusal"
PAGE = "/doctor"


class Refused(Exception):
    """Not believed. `code` is stable and says nothing of the credential or the person."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code
