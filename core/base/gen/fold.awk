# fold.awk: UnicodeData.txt Unihan_Variants.txt → the form for matching.
#
# Full-width and half-width forms to plain ones, simple lower case, traditional to simplified where Unihan names exactly
# one simplified form. Each step feeds the next, so that the result folds to itself. Two stages for the basic plane:
# fold_page[cp >> 7] names a page of 128 targets, page 0 being "as it stands"; a short sorted list for the rest.

FILENAME ~ /UnicodeData/ {
	split($0, f, ";")
	cp = hex(f[1])
	if (f[6] ~ /^<(wide|narrow)> [0-9A-F]+$/) {
		sub(/^<[a-z]+> /, "", f[6])
		plain[cp] = hex(f[6])
	}
	if (f[14] != "") {
		lower[cp] = hex(f[14])
		lowered++
	}
	next
}

$2 == "kSimplifiedVariant" && NF == 3 {
	cp = hex(substr($1, 3))
	to = hex(substr($3, 3))
	if (cp != to) {
		simple[cp] = to
		simplified++
	}
}

function fold(cp) {
	if (cp in plain)
		cp = plain[cp]
	if (cp in lower)
		cp = lower[cp]
	# A few chains exist (A → B → C); a bound instead of trust that there is no circle.
	for (hops = 0; hops < 4 && (cp in simple); hops++)
		cp = simple[cp]
	return cp
}

END {
	need(lowered, 1000, "lower-case letters")
	need(simplified, 2500, "simplified forms")
	plain[12288] = 32  # the ideographic space
	for (cp in plain)
		all[cp + 0] = 1
	for (cp in lower)
		all[cp + 0] = 1
	for (cp in simple)
		all[cp + 0] = 1
	for (cp in all) {
		to = fold(cp + 0)
		if (to == cp + 0)
			continue
		# The basic plane's pages hold 16 bits: the rare pairs that leave it stay as they are.
		if (cp + 0 < 65536 && to < 65536) {
			target[cp + 0] = to
			used[int(cp / 128)] = 1
		} else if (cp + 0 >= 65536)
			high[cp + 0] = to
	}
	pages = 1
	for (p = 0; p < 512; p++)
		page[p] = p in used ? pages++ : 0
	print "/* Made by core/base/gen/fold.awk. */"
	printf "static const unsigned char fold_page[512] = {"
	for (p = 0; p < 512; p++)
		cell(p, page[p])
	printf "\n};\n/* 0 = as it stands */\nstatic const unsigned short fold_target[%d][128] = {\n\t{ 0 },\n", pages
	for (p = 0; p < 512; p++) {
		if (!(p in used))
			continue
		printf "\t{"
		for (i = 0; i < 128; i++)
			printf " %d,", (p * 128 + i) in target ? target[p * 128 + i] : 0
		print " },"
	}
	print "};\nstatic const struct { unsigned from, to; } fold_high[] = {"
	for (cp = 65536; cp < 262144; cp++)
		if (cp in high)
			printf "\t{ %d, %d },\n", cp, high[cp]
	print "};"
}
