"""Texts that a spreadsheet would like to run, and what a cell of CSV has instead."""

FORMULAS = {
    "=1+1": "'=1+1",
    "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0",
    "-2+3": "'-2+3",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t'=1",
    "\r=1": "'\r'=1",
    '=HYPERLINK("http://x")': '\'=HYPERLINK("http://x")',
    "'=1": "''=1",
    "''=1": "'''=1",
    "-": "'-",
    "+49 123": "'+49 123",
    "a;=1+1;b": "a;'=1+1;b",
    'a;"=1+1";b': 'a;"\'=1+1";b',
    "a\t@SUM(A1)": "a\t'@SUM(A1)",
    "Because\n-2+3": "Because\n'-2+3",
    "Because\r\n=1": "Because\r\n'=1",
    "a;'=1": "a;''=1",
    "a;\t=1": "a;'\t'=1",
}
