// A host whose own htmx writes HTML has to trust it: a default policy is the narrowest that works.
trustedTypes.createPolicy("default", { createHTML: (text) => text });
