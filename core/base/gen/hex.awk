# hex("4E00") for every awk: mawk has no strtonum.
function hex(s,    i, n) {
	n = 0
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789ABCDEF", toupper(substr(s, i, 1))) - 1
	return n
}
# For END: a table made of nothing must not pass for one.
function need(count, least, what) {
	if (count < least) {
		print "unicode-data: only " count + 0 " " what > "/dev/stderr"
		exit 1
	}
}
# One number of a C initialiser, sixteen to a line.
function cell(i, text) {
	printf "%s%s,", i % 16 == 0 ? "\n\t" : " ", text
}
