// The one page that posts its way out: it presses its own button.
document.forms[0].submit();
