"""The remedies: what each refusal means, in plain words, and the line that changes it.

Every code that a page, a backend, a log line or a metric can meet has an entry here; the pages for
site developers and docs/troubleshooting.md are written from it. What it says is the same for
everybody: whose credential was not believed, and why, is told to nobody from here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

Surface = Literal["widget", "api", "any"]


class Remedy(NamedTuple):
    """`change` is one instruction, `line` what to write; `met` the surfaces that refuse so.

    `status` is the HTTP status where it is the same everywhere; a surface decides the others.
    """

    meaning: str
    change: str
    line: str
    met: Surface = "any"
    status: int | None = None


_SIGNED = '{"alg": "Ed25519", "kid": "k1", "typ": "askonce+jwt"}'

_TOKENS = {
    "token_missing": Remedy(
        "The request brings no credential: no assertion, no step token, no Authorization header.",
        "Send the assertion with the mount, or the signed credential with the backend's request.",
        "Authorization: Bearer eyJ…",
    ),
    "token_too_large": Remedy(
        "The token is longer than any honest one: 8 kB for an assertion, 2 kB for a form's.",
        "Leave claims out that no audience asks for; `traits` takes most of the room.",
        '"traits": {"plan": "pro"}',
    ),
    "token_malformed": Remedy(
        "The token is not a compact JWS of two JSON objects, three base64url parts between dots.",
        "Print what your library returns without changing it: no quotes, no line breaks, no JSON.",
        "eyJhbGciOi….eyJpc3MiOi….c2lnbmF0dXJl",
    ),
    "token_header": Remedy(
        "The token's header has another member than `alg`, `kid` and `typ`, lacks one of them,"
        " or has the `typ` of another kind of token.",
        "Sign with exactly these three; `typ` is askonce+jwt for an assertion and"
        " askonce-client+jwt for a backend's credential.",
        _SIGNED,
    ),
    "token_key": Remedy(
        "The header's `kid` names no key of this site.",
        "Give the site the public half of the key that you sign with, or sign with one it has.",
        "keys: [{kid: k1, alg: Ed25519, jwk: {kty: OKP, crv: Ed25519, x: …}}]",
    ),
    "token_algorithm": Remedy(
        "The header's `alg` is not the one that the site's key of this `kid` is for.",
        "Write the same algorithm on both sides.",
        "keys: [{kid: k1, alg: ES256, jwk: {kty: EC, crv: P-256, x: …, y: …}}]",
    ),
    "token_claims": Remedy(
        "A claim is missing or is of another type than it has to be.",
        "`iat` and `exp` are whole seconds since 1970 and always there; `locale` and `sid` are"
        " texts, `traits` is an object.",
        '"iat": 1767225600, "exp": 1767225660',
    ),
    "token_issuer": Remedy(
        "`iss` is not the public id of the site that is asked: workspace, dot, site.",
        "Write the id that also stands in the path, or ask at the path of your own site.",
        '"iss": "acme.shop"',
    ),
    "token_audience": Remedy(
        "`aud` is not the origin of this Askonce, as one text.",
        "Write ASKONCE_URL as it is set there: scheme and port too, no slash at the end, no list.",
        '"aud": "https://ask.example"',
    ),
    "token_early": Remedy(
        "`iat` (or `nbf`) is more than 30 seconds in the future: the two clocks differ.",
        "Let the server that signs take its time from the network.",
        "timedatectl set-ntp true",
    ),
    "token_expired": Remedy(
        "The credential was good and is no more: an assertion after its `exp`, a form's token"
        " after 24 hours, or one whose step is no longer there.",
        "Sign when the page is made, never when it is built or cached, and let nobody cache it.",
        "Cache-Control: no-store",
    ),
    "token_lifetime": Remedy(
        "The token lives longer than it may, or ends before it begins.",
        "An assertion lives 60 seconds in mode htmx and 300 in mode element; a backend's"
        " credential 60.",
        '"exp": iat + 60',
    ),
    "token_subject": Remedy(
        "`sub` is missing, empty, no text, longer than 255 bytes, or holds control characters.",
        "Say the person's stable id as a text; a number has to be one too.",
        '"sub": "4711"',
    ),
    "token_mode": Remedy(
        "The token is for another mode than it is used in, or the site does not allow this mode.",
        "Say the mode of the endpoint in the assertion, and list it in the site's `modes`.",
        "modes: [element, frame, htmx]",
    ),
    "token_origin": Remedy(
        "The origin in the credential is not the page's own, or the site does not list it.",
        "Add the exact origin of the page to the site: scheme, host and port, without a slash.",
        "origins: [https://shop.example, https://www.shop.example]",
    ),
    "token_nonce": Remedy(
        "In mode element the nonce that the frame made, or a `jti` of your own, is missing or"
        " does not match.",
        "Copy the header X-Askonce-Nonce of the request into `nonce`, and make a new `jti` for"
        " every assertion: at least 16 characters.",
        '"nonce": request.headers["X-Askonce-Nonce"], "jti": secrets.token_urlsafe(24)',
    ),
    "token_used": Remedy(
        "An assertion of mode element was used before: its `jti` is known.",
        "Make a new assertion, with a new `jti`, for every request to the token endpoint.",
        '"jti": secrets.token_urlsafe(24)',
    ),
    "token_auth_time": Remedy(
        "`auth_time` (or `signed_up_at`) lies after `iat`, or is no whole number of seconds.",
        "Say when the person signed in, in seconds since 1970: milliseconds lie in the future.",
        '"auth_time": 1767225000',
    ),
    "token_clock": Remedy(
        "The token sets a clock, and the site is no sandbox.",
        "Leave `clock` out; on a site for tests alone say that it is one.",
        "sandbox: true",
    ),
    "token_signature": Remedy(
        "The signature was not made by the site's key of that `kid`.",
        "Compare the two halves: the public one in the configuration, the private one in your"
        " backend. `askonce key` prints the line for a new pair.",
        "askonce key shop.pem --kid k2",
    ),
    "token_unreadable": Remedy(
        "A form's hidden field `_t` is not one that we sealed: changed on its way, from another"
        " Askonce, or from before ASKONCE_SECRET was replaced.",
        "Keep the earlier secret beside the new one for a day, and let nothing rewrite the form.",
        'ASKONCE_SECRET="the-new-one the-earlier-one"',
        "widget",
    ),
    "token_revoked": Remedy(
        "The credential is from before the person was logged out or erased here.",
        "Nothing is wrong: load the page again, with an assertion for who is signed in now.",
        "DELETE /api/v1/subjects/{sub}/sessions",
    ),
    "token_site": Remedy(
        "A form of one site was posted to the path of another.",
        "Post a form to the address in its own `action`.",
        '<form method="post" action="https://ask.example/v1/sites/acme.shop/…">',
        "widget",
    ),
    "token_subject_mismatch": Remedy(
        "A form that was relayed was made for another person than the one who is signed in now:"
        " somebody signed out and in again while it was open, or a stranger planted it.",
        "Pass the `sub` of the session that posted the form, and show that person the page anew.",
        '{"sub": "u42", "action": "/letter", "submit": {"_t": "…", "_do": "fragments/answers"}}',
        "api",
    ),
    "form_unreadable": Remedy(
        "What was relayed is no form of ours: `_t` or `_do` is missing or is not as we wrote it.",
        "Pass every field of the posted form on, as it came: each name with its texts.",
        '{"sub": "u42", "action": "/letter", "submit": {"_t": "…", "_do": "fragments/answers"}}',
        "api",
    ),
    "action_place": Remedy(
        "`action` is no address of the site's own.",
        "Give a path that begins with one slash, or an address with one of the site's origins.",
        '"action": "/letter"',
        "api",
    ),
    "origin_missing": Remedy(
        "The request says nothing of the page it comes from: no Origin, no Sec-Fetch-Site.",
        "Let the browser ask, not your server, and let no proxy take the header away.",
        "Origin: https://shop.example",
        "widget",
    ),
    "origin_null": Remedy(
        "The page has no origin: a sandboxed frame, a file, or a form under `no-referrer`.",
        "Give the frame its origin, and the page a policy that keeps origins.",
        'sandbox="allow-scripts allow-forms allow-same-origin"',
        "widget",
    ),
    "key_unusable": Remedy(
        "The site shares a secret with us, and the environment here has none of that name, or"
        " one of less than 32 bytes.",
        "Set the variable that `secret_env` names, where Askonce runs.",
        'SHOP_SECRET="$(openssl rand -base64 48)"',
    ),
    "api_key": Remedy(
        "The API key is not one that we made for a site that there is, or it was revoked, or its"
        " time is over.",
        "Make another, and give it to the backend at once: its text is shown only then.",
        "askonce keys create --workspace acme --site shop --scope tickets",
        "api",
    ),
    "api_key_scope": Remedy(
        "The API key is a good one, and not for this.",
        "Make a key with the scope that the address asks for.",
        "askonce keys create --workspace acme --site shop --scope tickets --scope sessions",
        "api",
        403,
    ),
}
_PLACES = {
    "unknown_site": Remedy(
        "No published configuration has a site of that id.",
        "Write workspace, dot and site, as the configuration spells them; publish it if it is new.",
        "askonce config apply askonce.yaml",
    ),
    "unknown_path": Remedy(
        "The dialect at the end of the path is neither 2 nor 4.",
        "End the path with the version of your htmx.",
        'hx-get="https://ask.example/v1/sites/acme.shop/fragments/4?on=login"',
        "widget",
    ),
    "unknown_moment": Remedy(
        "The moment has a member that there is none of, a kind that is none, or a name of over"
        " 255 characters.",
        "Say `on` (login, page, click, event, request …), and `name`, `step` or `url` with it.",
        "on=click&name=interests",
    ),
    "ticket_spent": Remedy(
        "The ticket was used before, is older than a minute, or never was one.",
        "Ask for a ticket when the page is made, for one frame, and let nobody cache the page.",
        "Cache-Control: no-store",
        "widget",
    ),
    "ticket_place": Remedy(
        "A frame's ticket was opened outside of a frame or in another origin's page, a hosted"
        " page's inside of one, or either before anybody looked at it.",
        "Put a frame's address into an iframe of the page whose `origin` you named; send the"
        " browser itself to a hosted page.",
        '{"sub": "4711", "mode": "frame", "origin": "https://shop.example"}',
        "widget",
    ),
    "flow_unreadable": Remedy(
        "The hidden field `_f` of a hosted page's form is missing, or is not one that we sealed.",
        "Keep the earlier secret beside the new one for a day, and let nothing rewrite the form.",
        'ASKONCE_SECRET="the-new-one the-earlier-one"',
        "widget",
    ),
    "flow_mismatch": Remedy(
        "The two hidden fields of a hosted page's form, `_t` and `_f`, are of two people or sites.",
        "Post each form as it was made.",
        '<input type="hidden" name="_f" value="…">',
        "widget",
        status=403,
    ),
    "return_url": Remedy(
        "`return_to` is not, to the letter, one of the site's `return_urls`.",
        "List the address in the site, and send the same one; what varies belongs into `state`.",
        "return_urls: [https://shop.example/welcome]",
        status=403,
    ),
    "state_missing": Remedy(
        "Auth0's `state` is missing from the address, too long, or not the token's own.",
        "Let `api.redirect.sendUserTo` write the address: it adds the state of the login.",
        "api.redirect.sendUserTo(url, {query: {session_token}})",
        "widget",
        status=400,
    ),
    "code_spent": Remedy(
        "The code was redeemed before, is older than a minute, is another site's, or never was.",
        "Redeem it once, at once, in the request that brings it, with that site's own credential.",
        'POST /api/v1/results {"code": "…", "state": "…"}',
        "api",
        status=400,
    ),
    "code_state": Remedy(
        "The code belongs to another `state` than the one that was sent with it, and is used up.",
        "Send the state that your own session remembers, never the one in the address; begin anew.",
        '{"code": request.query["code"], "state": session["state"]}',
        "api",
        status=400,
    ),
    "not_editable": Remedy(
        "The attribute is not the person's to change here, or the site neither asks nor reads it.",
        "Let the site read it, or let the subject write it.",
        "reads: [company]",
        "widget",
    ),
    "not_skippable": Remedy(
        "The step may not be skipped: the configuration says so.",
        "Allow it in the step if a skip shall be possible.",
        "skip: {snooze: [1d, 7d], then: stop}",
        "widget",
    ),
}
_BODIES = {
    "request_body": Remedy(
        "A member of the JSON body is unknown, missing, or of another type.",
        "Send these members and no others of your own; times are whole seconds.",
        '{"sub": "4711", "origin": "https://shop.example", "moment": {"on": "login"}}',
        "api",
    ),
    "body_type": Remedy(
        "The body is of another type than this address reads.",
        "Send JSON to the API and a plain form to the widget, in UTF-8.",
        "Content-Type: application/json",
        status=415,
    ),
    "body_json": Remedy(
        "The body is not one JSON object: a member twice, nested too deeply, a number too large.",
        "Let a JSON library write it.",
        "json.dumps(body)",
        "api",
        status=400,
    ),
    "body_size": Remedy(
        "The body is larger than is read: 64 kB of JSON, 256 kB of a form.",
        "Send less; who typed too much keeps it and is asked to shorten it.",
        "rules: {length: {max: 1000}}",
        status=413,
    ),
    "body_truncated": Remedy(
        "The connection ended before the body did.",
        "Send it again; a proxy between us may have a shorter limit of time.",
        "proxy_request_buffering on;",
        status=400,
    ),
    "too_many": Remedy(
        "This address, or this person, asks more often than a person would; or too many of the"
        " credentials from this address were not good.",
        "Ask again after the seconds that Retry-After says; behind a proxy of yours, name it, or"
        " everybody has its address.",
        "ASKONCE_TRUSTED_PROXIES=10.0.0.0/8",
        status=429,
    ),
    "body_fields": Remedy(
        "The form has more than 500 fields.",
        "Send the fields of our form alone.",
        'hx-include="this"',
        "widget",
        status=413,
    ),
    "body_escape": Remedy(
        "The form has a percent sign that begins no escape.",
        "Let the browser write the form.",
        "new URLSearchParams(new FormData(form))",
        "widget",
        status=400,
    ),
    "body_encoding": Remedy(
        "The form's bytes are not UTF-8.",
        "Serve the page in UTF-8.",
        '<meta charset="utf-8">',
        "widget",
        status=400,
    ),
    "body_nul": Remedy(
        "The form holds a NUL character.",
        "Let the browser write the form.",
        "new URLSearchParams(new FormData(form))",
        "widget",
        status=400,
    ),
    "answers_size": Remedy(
        "The answers of one person would take more than 256 kB.",
        "Limit the length of texts in the configuration.",
        "rules: {length: {max: 1000}}",
        "widget",
        status=413,
    ),
}
# What has no code of its own in the request that was refused.
OUTSIDE = {
    "unauthorized": Remedy(
        "A credential was not believed. Why stands in the log of Askonce as `refusal`, and for"
        " a sandbox site in the answer's header Askonce-Refusal.",
        "Let the doctor read the credential: it names the claim.",
        "askonce doctor --token -",
        "api",
        status=401,
    ),
    "unavailable": Remedy(
        "The database cannot be had right now; nothing was saved, nothing is lost.",
        "Try again after the seconds that Retry-After says; `/ready` answers 200 when it is back.",
        "curl -i https://ask.example/ready",
        status=503,
    ),
    "preflight_refused": Remedy(
        "The browser asked whether this page may ask, and the site does not list its origin.",
        "Add the exact origin of the page to the site.",
        "origins: [https://shop.example]",
        "widget",
        status=403,
    ),
    "not_found": Remedy(
        "There is nothing at this address.",
        "Compare the address with the snippet in docs/getting-started.md.",
        "https://ask.example/v1/sites/acme.shop/fragments/4",
        status=404,
    ),
    "method_not_allowed": Remedy(
        "The address is good, the method is not: `Allow` in the answer names those that are.",
        "Send the method of the snippet.",
        "curl -i -X POST https://ask.example/api/v1/tickets",
        status=405,
    ),
    "fault": Remedy(
        "Something went wrong in Askonce itself: the log has a line `fault` with class and place.",
        "Look there, and tell us.",
        "askonce serve 2>&1 | grep fault",
        status=500,
    ),
}

REMEDIES: Mapping[str, Remedy] = MappingProxyType({**_TOKENS, **_PLACES, **_BODIES, **OUTSIDE})
