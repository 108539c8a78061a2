// What has become a script elsewhere.
export const CORPUS = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\' onmouseover=\'alert(1)', '</title><script>alert(1)</script>',
	'</style><script>alert(1)</script>', '<svg/onload=alert(1)>', '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;">', '&lt;script&gt;alert(1)&lt;/script&gt;',
	'&#60;script&#62;', '<!--', '-->', ']]>', '<![CDATA[<script>alert(1)</script>]]>', '<?php x ?>', 'javascript:alert(1)', 'data:text/html,<script>alert(1)</script>',
	'https://example.org/"onmouseover="alert(1)', 'https://example.org/\'><script>alert(1)</script>', 'http://a.example/?x=1&y=<b>', '<a href="javascript:alert(1)">x</a>',
	'\u202Etxt.exe', '<\u200bscript>', 'x\u0001y\u001fz', '\ufffe\uffff', '<math><mtext></p><img src onerror=alert(1)>', '{{7*7}}${7*7}'];
