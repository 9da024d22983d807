# hex("4E00") for every awk: mawk has no strtonum.
function hex(s,    i, n) {
	n = 0
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789ABCDEF", toupper(substr(s, i, 1))) - 1
	return n
}
# Ends a run of numbers in a C initialiser, sixteen to a line.
function cell(i, text) {
	printf "%s%s,", i % 16 == 0 ? "\n\t" : " ", text
}
