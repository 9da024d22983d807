# pinyin.awk: Unihan_Readings.txt → the readings of every Chinese character of the basic plane, without tones.
#
# A character has a set of readings: those of the Xiandai Hanyu Cidian (kXHC1983), of the list of standard characters
# (kTGHZ2013), of the frequency dictionary (kHanyuPinlu), and kMandarin, which every character has. kHanyuPinyin is left
# out: its readings are of classical texts and nobody types them. Sets are shared, syllables are shared.
#   pinyin_of[cp - 0x3400]    number of the set, 0 = none
#   pinyin_sets[]             initials of its readings as a mask of 26 bits; where its readings begin in
#   pinyin_pool[]             numbers of syllables, the last one of a set with PINYIN_LAST
#   pinyin_syllable[][7]

BEGIN {
	marked["a"] = "ā á ǎ à"; marked["e"] = "ē é ě è ê"; marked["i"] = "ī í ǐ ì"; marked["o"] = "ō ó ǒ ò"
	marked["u"] = "ū ú ǔ ù"; marked["v"] = "ǖ ǘ ǚ ǜ ü"; marked["n"] = "ń ň ǹ"; marked["m"] = "ḿ"
	for (letter in marked) {
		many = split(marked[letter], one, " ")
		for (k = 1; k <= many; k++)
			bare[one[k]] = letter
	}
	from = 13312  # 3400
	to = 40959    # 9FFF
}

$2 == "kXHC1983" || $2 == "kTGHZ2013" || $2 == "kHanyuPinlu" || $2 == "kMandarin" {
	cp = hex(substr($1, 3))
	if (cp < from || cp > to)
		next
	for (f = 3; f <= NF; f++) {
		syllable = $f
		sub(/^[0-9.,*]+:/, "", syllable)  # page of the dictionary
		sub(/\([0-9]+\)$/, "", syllable)  # how often
		count = split(syllable, parts, ",")
		for (k = 1; k <= count; k++)
			reading(cp, parts[k])
	}
}

function reading(cp, syllable,    k) {
	for (k in bare)
		gsub(k, bare[k], syllable)
	# What remains are syllables of interjections that no keyboard spells (m̀, hng).
	if (syllable !~ /^[a-z]+$/ || length(syllable) > 6 || syllable !~ /[aeiouv]/)
		return
	if (index(" " set[cp] " ", " " syllable " "))
		return
	set[cp] = set[cp] == "" ? syllable : set[cp] " " syllable
}

# The same readings in another order are the same set.
function sorted(text,    n, k, j, t, w) {
	n = split(text, w, " ")
	for (k = 2; k <= n; k++)
		for (j = k; j > 1 && w[j] < w[j - 1]; j--) {
			t = w[j]; w[j] = w[j - 1]; w[j - 1] = t
		}
	t = w[1]
	for (k = 2; k <= n; k++)
		t = t " " w[k]
	return t
}

END {
	sets = 1; pool = 0; syllables = 0
	for (cp = from; cp <= to; cp++) {
		if (!(cp in set))
			continue
		key = sorted(set[cp])
		if (!(key in number)) {
			number[key] = sets
			start[sets] = pool
			mask[sets] = 0
			n = split(key, w, " ")
			split("", seen)
			for (k = 1; k <= n; k++) {
				if (!(w[k] in id)) {
					id[w[k]] = syllables
					spell[syllables++] = w[k]
				}
				initial = substr(w[k], 1, 1)
				if (!(initial in seen))
					mask[sets] += 2 ^ (index("abcdefghijklmnopqrstuvwxyz", initial) - 1)
				seen[initial] = 1
				item[pool++] = id[w[k]] + (k == n ? 32768 : 0)
			}
			sets++
		}
		of[cp] = number[key]
	}
	need(sets, 900, "sets of readings")
	print "/* Made by core/base/gen/pinyin.awk. */"
	print "enum { PINYIN_FROM = " from ", PINYIN_TO = " to ", PINYIN_LAST = 32768 };"
	printf "static const unsigned short pinyin_of[%d] = {", to - from + 1
	for (cp = from; cp <= to; cp++)
		cell(cp - from, cp in of ? of[cp] : 0)
	print "\n};\nstatic const struct { unsigned initials; unsigned short first; } pinyin_sets[" sets "] = {"
	print "\t{ 0, 0 },"
	for (k = 1; k < sets; k++)
		printf "\t{ %d, %d },\n", mask[k], start[k]
	printf "};\nstatic const unsigned short pinyin_pool[%d] = {", pool
	for (k = 0; k < pool; k++)
		cell(k, item[k])
	printf "\n};\nstatic const char pinyin_syllable[%d][7] = {\n", syllables
	for (k = 0; k < syllables; k++)
		printf "\t\"%s\",\n", spell[k]
	print "};"
}
