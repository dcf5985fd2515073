# SPDX-License-Identifier: Apache-2.0
# Part of scripts/kernels.sh: the matrix as a Markdown table.

readonly matrix_begin='<!-- matrix: written by scripts/kernels.sh --update -->' matrix_end='<!-- end of matrix -->'

# kernels_of RESULTS: a line for each kernel: its folder, its column's title. Images of a series and flavour that fare the same are one column.
columns_of() {
	local folder release group digest
	for folder in "$1"/*/; do
		folder=${folder%/}
		[[ -s $folder/matrix.tsv ]] || continue
		release=$(cat "$folder/release")
		if [[ $folder == */host ]]; then
			group="here"
		elif [[ $release =~ ^([0-9]+\.[0-9]+)\..*-rt- ]]; then
			group="${BASH_REMATCH[1]} rt"
		else
			[[ $release =~ ^([0-9]+\.[0-9]+) ]] && group=${BASH_REMATCH[1]}
		fi
		# Reasons differ in addresses and line numbers; what counts is how far each variant comes.
		digest=$(cut -f 1-3 "$folder/matrix.tsv" | sort | cksum | tr ' ' -)
		printf '%s\t%s\t%s\t%s\n' "$group" "$digest" "$release" "$folder"
	done | sort -t $'\t' -k 3,3V
}

# print_matrix RESULTS
print_matrix() {
	columns_of "$1" | awk -F '\t' '
		function short(release) { sub(/-amd64$/, "", release); sub(/[+]deb[0-9]+/, "", release); sub(/-rt$/, "", release); return release }
		{
			key = $1 FS $2
			if (!(key in title)) { keys[++columns] = key; first[key] = $3; group[key] = $1; file[key] = $4 "/matrix.tsv" }
			last[key] = $3; many[key]++
			title[key] = 1
		}
		END {
			for (c = 1; c <= columns; c++) {
				key = keys[c]
				name = short(first[key])
				if (many[key] > 1) name = name " to " short(last[key]) " (" many[key] " images)"
				if (group[key] ~ / rt$/) name = name ", rt"
				if (group[key] == "here") { split(first[key], part, "."); name = part[1] "." part[2] ", development machine" }
				head = head " " name " |"; rule = rule "---|"
				while ((getline line < file[key]) > 0) {
					split(line, field, "\t")
					row = field[1] FS field[2]
					if (!(row in seen)) { seen[row] = 1; rows[++count] = row }
					step[row, c] = field[3]; reason[row, c] = field[4]
				}
			}
			print "| sensor | variant |" head
			print "|---|---|" rule
			for (r = 1; r <= count; r++) {
				split(rows[r], part, FS)
				text = "| " part[1] " | " part[2] " |"
				for (c = 1; c <= columns; c++) {
					s = step[rows[r], c]
					if (s == "") cell = "-"
					else if (s == "fires") cell = "ok"
					else if (s == "attaches") cell = "loads, attaches, **does not fire**"
					else if (s == "loads") cell = "loads, **does not attach**"
					else if (s == "absent") cell = "not there"
					else cell = "refused"
					why = reason[rows[r], c]
					if (why != "") {
						gsub(/\|/, "/", why)
						# Without "variant (forced by ...): ", which the row says.
						sub(/^[^:]*\(forced by Bpf:Variants\): /, "", why)
						if (s == "fires") why = "runs without " why
						if (!(why in note)) { note[why] = ++notes; texts[notes] = why }
						cell = cell " (" note[why] ")"
					}
					text = text " " cell " |"
				}
				print text
			}
			if (notes) print ""
			for (n = 1; n <= notes; n++) print n ". " texts[n]
		}'
}

# write_matrix RESULTS FILE: between the two marks.
write_matrix() {
	if ! grep -qxF "$matrix_begin" "$2" || ! grep -qxF "$matrix_end" "$2"; then
		echo "kernels: $2 has no lines \"$matrix_begin\" and \"$matrix_end\"" >&2
		return 1
	fi
	print_matrix "$1" >"$1/matrix.md"
	awk -v begin="$matrix_begin" -v end="$matrix_end" -v table="$1/matrix.md" '
		$0 == end { inside = 0 }
		!inside { print }
		$0 == begin { inside = 1; print ""; while ((getline line < table) > 0) print line; print "" }' "$2" >"$1/README.md" &&
		cat "$1/README.md" >"$2"
}
