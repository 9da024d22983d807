# width.awk: UnicodeData.txt EastAsianWidth.txt → the cells of every code point.
#
# Two stages: width_page[cp >> 7] names a page, width_cells holds the pages, four code points a byte, two bits each:
# 0, 1 or 2 cells, 3 for what must not be printed. Assigned marks that join (Mn, Me, the vowels and finals of Hangul
# syllables) are 0; wide and full-width are 2; control, format, surrogate, separator and unassigned are 3; everything
# else is 1.

function set(from, to, w,    cp) {
	for (cp = from; cp <= to; cp++)
		cells[cp] = w
}

FILENAME ~ /UnicodeData/ {
	split($0, f, ";")
	cp = hex(f[1])
	if (f[2] ~ /, First>$/) {
		first = cp
		next
	}
	if (f[2] !~ /, Last>$/)
		first = cp
	w = 1
	if (f[3] == "Mn" || f[3] == "Me")
		w = 0
	else if (f[3] ~ /^(Cc|Cf|Cs|Zl|Zp)$/)
		w = 3
	set(first, cp, w)
	assigned++
	next
}

# EastAsianWidth.txt comes second. It also gives whole planes to ideographs not yet assigned.
/^[0-9A-F]/ {
	sub(/[ \t]*#.*/, "")
	split($0, f, ";")
	if (f[2] != "W" && f[2] != "F")
		next
	wide++
	n = split(f[1], r, /\.\./)
	last = hex(r[n])
	for (cp = hex(r[1]); cp <= last; cp++)
		if (!(cp in cells) || cells[cp] == 1)
			cells[cp] = 2
}

END {
	need(assigned, 30000, "characters")
	need(wide, 100, "wide ranges")
	set(4448, 4607, 0)    # 1160–11FF: vowels and finals join the initial before them
	set(55216, 55295, 0)  # D7B0–D7FF: more of them
	pages = 0
	for (p = 0; p < 8704; p++) {
		text = ""
		for (i = 0; i < 128; i += 4) {
			byte = 0
			for (k = 3; k >= 0; k--) {
				cp = p * 128 + i + k
				byte = byte * 4 + (cp in cells ? cells[cp] : 3)
			}
			text = text sprintf("%d, ", byte)
		}
		if (!(text in known)) {
			known[text] = pages
			body[pages++] = text
		}
		page[p] = known[text]
	}
	print "/* Made by core/base/gen/width.awk. */"
	printf "static const unsigned short width_page[%d] = {", 8704
	for (p = 0; p < 8704; p++)
		cell(p, page[p])
	printf "\n};\nstatic const unsigned char width_cells[%d][32] = {\n", pages
	for (p = 0; p < pages; p++)
		printf "\t{ %s},\n", body[p]
	print "};"
}
